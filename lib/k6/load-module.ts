/** Calls `require` as a property of an object, because esbuild would resolve a direct call at build time. */
const runtime = globalThis as unknown as { require(path: string): unknown };

/**
 * Loads a file from the folder of the bundle. k6 allows it only while a VU is created, and only for files that VU 0
 * loaded.
 */
export const loadModule = (path: string): unknown => runtime.require(path);
