import type { DeclaredVariable } from './lib/core/definition/index.ts';

/** Every test, as `product/test`. */
export function findTests(): Promise<string[]>;

/**
 * Bundles tests into dist/ and writes the rows that they open.
 * Rejects with esbuild's BuildFailure.
 */
export function bundle(tests: readonly string[], seed: number): Promise<void>;

/**
 * The environment variables that a product declares in product.ts.
 * Rejects with esbuild's BuildFailure, or with what product.ts throws.
 */
export function declaredVariablesOf(product: string): Promise<DeclaredVariable[]>;

/** Bundles any scripts for k6 the same way; `out` is relative to dist/, without an ending. */
export function bundleScripts(entryPoints: { in: string; out: string }[]): Promise<void>;
