import { SharedArray } from 'k6/data';
import exec from 'k6/execution';

/**
 * Rows that were generated when the test was bundled, one line each, held once for all VUs. They are strings,
 * ready to be sent: a VU that parses or builds objects pays for it on every request.
 */
export interface Dataset {
  /** The next row that nobody in this scenario has had; begins anew after the last. */
  next(): string;
  length: number;
}

/** @param name `product/rows`, as declared in data/ */
export function dataset(name: string): Dataset {
  const rows = new SharedArray(name, () => open(`../data/${name}.txt`).split('\n'));
  return {
    length: rows.length,
    next: () => rows[exec.scenario.iterationInTest % rows.length] as string,
  };
}
