/** Globals of k6 that @types/k6 does not declare. */
declare const console: Record<'debug' | 'info' | 'log' | 'warn' | 'error', (...values: unknown[]) => void>;

/** Path of the description bundle, relative to the VU bundle. esbuild defines it. */
declare const DESCRIPTION: string;

/** The path of a validator. esbuild compiles each JSON Schema to a validator in a separate file. */
declare module '*.schema.json' {
  const file: import('./endpoint.ts').ContractFile;
  export default file;
}
