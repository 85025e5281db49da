/** Every test, as `product/test`. */
export function listTests(): Promise<string[]>;

/**
 * Bundles tests into dist/ and writes the rows that they open.
 * Rejects with esbuild's BuildFailure.
 */
export function bundle(tests: string[], seed: number): Promise<void>;
