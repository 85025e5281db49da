import type { DeclaredVariable } from './lib/core/definition/index.ts';

/** The names of all tests: `product/test`. */
export function findTests(): Promise<string[]>;

/**
 * Bundles tests into dist/, and writes the rows of their datasets.
 * Rejects with esbuild's BuildFailure.
 */
export function bundle(tests: readonly string[], seed: number): Promise<void>;

/**
 * The environment variables that a product declares in its product.ts.
 * Rejects with esbuild's BuildFailure, or with the exception that product.ts throws.
 */
export function declaredVariablesOf(product: string): Promise<DeclaredVariable[]>;

/** Bundles other k6 scripts like tests. `out` is relative to dist/ and has no extension. */
export function bundleScripts(entryPoints: { in: string; out: string }[]): Promise<void>;
