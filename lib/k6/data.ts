import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import { runningTest } from './running-test.ts';

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
export function dataset(name: string): Dataset {
  const rows = new SharedArray(name, () => open(`../data/${name}.txt`).split('\n'));
  const { length } = rows;
  // VUs deal the rows out among themselves like cards. Asking k6 for a number that is unique in the test costs
  // more than all the rest of an iteration's code.
  let position = -1;
  return {
    length,
    next: () => {
      position = position < 0 ? (exec.vu.idInTest - 1) % length : (position + runningTest.vus) % length;
      return rows[position] as string;
    },
  };
}
