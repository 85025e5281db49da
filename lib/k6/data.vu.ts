import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import { rowDealer } from '../core/definition/index.ts';
import type { Dataset } from './data.ts';
import { runningTest } from './running-test.ts';

/** Rows that all VUs share in memory. */
export function dataset(name: string): Dataset {
  const rows = new SharedArray(name, () => open(`../data/${name}.txt`).split('\n'));
  return { length: rows.length, next: rowDealer(rows, runningTest.vus, () => exec.vu.idInTest) };
}
