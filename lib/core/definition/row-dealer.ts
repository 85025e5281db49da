/**
 * Deals rows to VUs like cards: VU v gets every n-th row, starting at row v. No row is dealt twice until all rows are
 * used. The alternative, k6's counter of iterations in the whole test, costs more than the rest of an iteration.
 * @param rows at least one row
 * @param vus number of VUs that share the rows
 * @param vu returns the number of this VU, from 1. Called when the VU requests its first row, because a VU does not
 * know its number before it runs.
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
