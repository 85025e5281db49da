/**
 * Rows that were generated when the test was bundled, one line each, held once for all VUs. They are strings,
 * ready to be sent: a VU that parses or builds objects pays for it on every request.
 */
export interface Dataset {
  /** The next row that no other VU takes; begins anew when all are used up. */
  next(): string;
  length: number;
}

/** @param name `product/rows`, as declared in the product's data.ts */
export function dataset(_name: string): Dataset {
  // Rows are for VUs: what a test is can be told without any, and to read them would take longer than all the rest.
  return { length: 0, next: () => '' };
}
