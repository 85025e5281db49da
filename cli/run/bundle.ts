import type { BuildFailure, Message } from 'esbuild';
import { Problem } from '../support/problem.ts';

/** Loading esbuild takes time that commands without a test need not spend. */
const bundler = () => import('../../esbuild.config.mjs');

export async function listTests(): Promise<string[]> {
  return (await bundler()).listTests();
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

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as BuildFailure).errors);
}

function describe({ text, location }: Message): string {
  return location ? `  ${location.file}:${location.line}:${location.column + 1}: ${text}` : `  ${text}`;
}
