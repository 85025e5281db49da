/** Where a sequence falls best into two, and by how much its parts differ. */
export interface Split {
  /** The first value of the second part. */
  index: number;
  /** The statistic Q̂ of Matteson & James; 0 where both parts are alike. */
  statistic: number;
}

/** With fewer values a part has no spread of its own. */
export const MIN_PART_LENGTH = 2;

/**
 * The split of which the parts X, of n values, and Y, of m, differ most by their energy distance (G. J. Székely &
 * M. L. Rizzo, "Testing for equal distributions in high dimension", InterStat 2004), with exponent 1:
 *
 *     E = 2/(n m) Σ|xᵢ − yⱼ| − 1/C(n,2) Σ|xᵢ − xⱼ| − 1/C(m,2) Σ|yᵢ − yⱼ|,   Q = n m/(n + m) E
 *
 * Y may end before the sequence does: a level that falls and comes back differs from neither end else. All splits
 * of k values take k²/2 steps, since each value adds its distances to those before it.
 *
 * @param minSize of a part, {@link MIN_PART_LENGTH} or more
 * @param enough a statistic with which the search may end
 */
export function bestSplit(
  values: Float64Array,
  minSize: number,
  { whole = false, enough = Number.POSITIVE_INFINITY } = {},
): Split {
  const size = values.length;
  /** By the last value of X: Σ|xᵢ − xⱼ| within it, and Σ|xᵢ − yⱼ| to all that was passed since. */
  const within = new Float64Array(size);
  const between = new Float64Array(size);
  const best = { index: minSize, statistic: 0 };
  let total = 0;
  for (let j = 0; j < size; j++) {
    const value = values[j] as number;
    let distances = 0;
    for (let i = 0; i < j; i++) {
      distances += Math.abs((values[i] as number) - value);
      between[i] = (between[i] as number) + distances;
    }
    total += distances;
    within[j] = total;
    if (whole && j < size - 1) continue;
    const both = j + 1;
    for (let n = minSize; n <= both - minSize; n++) {
      const m = both - n;
      const left = within[n - 1] as number;
      const cross = between[n - 1] as number;
      const right = total - left - cross;
      const statistic = (2 / both) * (cross - (m * left) / (n - 1) - (n * right) / (m - 1));
      if (statistic <= best.statistic) continue;
      best.index = n;
      best.statistic = statistic;
      if (statistic >= enough) return best;
    }
  }
  return best;
}
