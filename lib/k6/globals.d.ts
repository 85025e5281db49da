/** What the k6 runtime has beyond @types/k6 and the language: it is neither a browser nor Node. */
declare const console: Record<'debug' | 'info' | 'log' | 'warn' | 'error', (...values: unknown[]) => void>;

/** Path of the edition of a test's bundle that describes it, from the other one; set by the bundler. */
declare const DESCRIPTION: string;

/** A JSON Schema file: compiled to a validator of its own file when the test is bundled, and its path here. */
declare module '*.schema.json' {
  const file: import('./contract.ts').ContractFile;
  export default file;
}
