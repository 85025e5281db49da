import type { BuildFailure, Message } from 'esbuild';
import type { DeclaredVariable } from '../../lib/core/definition/index.ts';
import { Problem } from '../support/problem.ts';

/** Load esbuild on demand, because many commands do not bundle tests. */
const bundler = () => import('../../esbuild.config.mjs');

export async function listTests(): Promise<string[]> {
  return (await bundler()).findTests();
}

/** Bundles tests with esbuild. @throws Problem that lists the location of every compile error */
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
 * Loads the declarations of a product's environment variables.
 * @throws Problem if its product.ts cannot be loaded
 */
export async function loadDeclaredVariables(product: string): Promise<DeclaredVariable[]> {
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
 * Bundles every test that compiles.
 * @returns a map from each test that does not compile to its problem
 */
export async function buildEach(tests: readonly string[], seed: number): Promise<Map<string, Problem>> {
  const common = await problemOf(buildTests(tests, seed));
  const problems = new Map<string, Problem>();
  if (!common) return problems;
  for (const test of tests) {
    const problem = await problemOf(buildTests([test], seed));
    if (problem) problems.set(test, problem);
  }
  return problems;
}

/** Awaits `work`. Returns null if it succeeds, or the Problem with which it rejects. */
function problemOf(work: Promise<unknown>): Promise<Problem | null> {
  return work.then(
    () => null,
    (error: unknown) => {
      if (error instanceof Problem) return error;
      throw error;
    },
  );
}
