import type { BuildFailure, Message } from 'esbuild';
import type { DeclaredVariable } from '../../lib/core/definition/index.ts';
import { Problem } from '../support/problem.ts';

/** Loading esbuild takes time that commands without a test need not spend. */
const bundler = () => import('../../esbuild.config.mjs');

export async function listTests(): Promise<string[]> {
  return (await bundler()).findTests();
}

/** @throws Problem with the place of every error, where a test does not compile */
export async function buildTests(tests: readonly string[], seed: number): Promise<void> {
  const { bundle } = await bundler();
  try {
    await bundle(tests, seed);
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    throw new Problem(`The test does not compile:\n${error.errors.map(describe).join('\n')}`);
  }
}

/**
 * The environment variables that a product declares.
 * @throws Problem where its product.ts cannot be loaded
 */
export async function variablesOf(product: string): Promise<DeclaredVariable[]> {
  try {
    return await (await bundler()).declaredVariablesOf(product);
  } catch (error) {
    const reason = isBuildFailure(error)
      ? `\n${error.errors.map(describe).join('\n')}`
      : ` ${(error as Error).message}`;
    throw new Problem(`tests/${product}/product.ts cannot be loaded:${reason}`);
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as BuildFailure).errors);
}

function describe({ text, location }: Message): string {
  return location ? `  ${location.file}:${location.line}:${location.column + 1}: ${text}` : `  ${text}`;
}

/**
 * Builds what can be built of these tests.
 * @returns for each of the others, why it cannot
 */
export async function buildEach(tests: readonly string[], seed: number): Promise<Map<string, Problem>> {
  const together = await problemOf(buildTests(tests, seed));
  const problems = new Map<string, Problem>();
  if (!together) return problems;
  for (const test of tests) {
    const problem = await problemOf(buildTests([test], seed));
    if (problem) problems.set(test, problem);
  }
  return problems;
}

/** The problem that some work ends with; null where it succeeds. */
function problemOf(work: Promise<unknown>): Promise<Problem | null> {
  return work.then(
    () => null,
    (error: unknown) => {
      if (error instanceof Problem) return error;
      throw error;
    },
  );
}
