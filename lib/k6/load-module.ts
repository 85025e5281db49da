/** What k6 has for it: a property here, because the bundler would look into a plain call. */
const runtime = globalThis as unknown as { require(path: string): unknown };

/** Loads a file beside the bundle. To be called while a VU is made, and only for what VU 0 has loaded before. */
export const loadModule = (path: string): unknown => runtime.require(path);
