/**
 * Deals rows out to VUs like cards: each VU takes every n-th row, so that no two share one until all are used up. Asking k6
 * for a number that is unique in the test costs more than all the rest of an iteration's code.
 * @param rows at least one
 * @param vus that share the rows
 * @param vu number of this VU, from 1 on; asked for with the first row, because a VU knows it only once it runs
 * @returns a function that returns the next row
 */
export function rowDealer(rows: ArrayLike<string>, vus: number, vu: () => number): () => string {
  const { length } = rows;
  let position = -1;
  return () => {
    position = position < 0 ? (vu() - 1) % length : (position + vus) % length;
    return rows[position] as string;
  };
}
