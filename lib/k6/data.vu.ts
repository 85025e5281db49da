import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import type { Dataset } from './data.ts';
import { runningTest } from './running-test.ts';

/** Rows, held once for all VUs. */
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
