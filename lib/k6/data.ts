/**
 * Rows of text, generated when the test is bundled and shared by all VUs. They are strings, ready to send, because
 * a VU that parses or builds objects pays for it in every request.
 */
export interface Dataset {
  /** The next row, which no other VU gets. Starts over when all rows are used up. */
  next(): string;
  /** Number of rows. */
  length: number;
}

/**
 * Rows that data.ts of the product generates. Call it at the top level of a module, because k6 loads rows only
 * while it creates VUs.
 * @param name `<product>/<rows>`, as data.ts names them: `shop/orders`
 */
export const dataset: (name: string) => Dataset = () => NO_ROWS;

/** Only VUs need rows. Reading them would take longer than everything else that describes a test. */
const NO_ROWS: Dataset = { length: 0, next: () => '' };
