/** What the k6 runtime has beyond @types/k6 and the language: it is neither a browser nor Node. */
declare const console: Record<'debug' | 'info' | 'log' | 'warn' | 'error', (...values: unknown[]) => void>;

/** A JSON Schema file, compiled to a validator when the test is bundled. */
declare module '*.schema.json' {
  const validate: import('./contract.ts').Contract;
  export default validate;
}
