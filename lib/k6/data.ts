/**
 * Rows of text that are generated when the test is bundled, and shared by all VUs. Each row is a string that is ready
 * to send, because parsing or building objects would make every request more expensive.
 */
export interface Dataset {
  /** Returns the next row. No other VU gets the same row until all rows are used. */
  next(): string;
  /** Number of rows. */
  length: number;
}

/**
 * The rows of a dataset in the data.ts of the product: `const orders = dataset('shop/orders')`. Call it at the top
 * level of a module, because k6 loads rows only while it creates VUs.
 * @param name `<product>/<name of the dataset>`
 */
export const dataset: (name: string) => Dataset = () => NO_ROWS;

/** Only VUs need rows. Reading rows here would take longer than the rest of the description of a test. */
const NO_ROWS: Dataset = { length: 0, next: () => '' };
