/** A split of a sequence into two parts, and how much the parts differ. */
export interface Split {
  /** Index of the first value of the second part of the split. */
  index: number;
  /** The statistic Q̂ of Matteson & James; 0 if the parts do not differ. */
  statistic: number;
}

/** Minimum number of values in each part of a split, because a single value has no spread. */
export const MIN_PART_LENGTH = 2;

/**
 * Finds the split with the largest energy distance between its parts X, of n values, and Y, of m values
 * (G. J. Székely & M. L. Rizzo, "Testing for equal distributions in high dimension", InterStat 2004), with exponent 1:
 *
 *     E = 2/(n m) Σ|xᵢ − yⱼ| − 1/C(n,2) Σ|xᵢ − xⱼ| − 1/C(m,2) Σ|yᵢ − yⱼ|,   Q = n m/(n + m) E
 *
 * Y may end before the end of the sequence. Otherwise, the search would miss a level that falls and recovers, because
 * the start and the end of such a sequence have the same level. For k values, the search calculates k²/2 distances,
 * from each value to all earlier values.
 *
 * @param minSize minimum number of values in a part, at least {@link MIN_PART_LENGTH}
 * @param whole whether Y must end at the end of the sequence
 * @param enough the search may stop when a split has at least this statistic
 *
 *
 *
 *
 */
export function bestSplit(
  values: Float64Array,
  minSize: number,
  { whole = false, enough = Number.POSITIVE_INFINITY } = {},
): Split {
  const size = values.length;
  /** Σ|xᵢ − xⱼ| within X, indexed by the last value of X. */
  const within = new Float64Array(size);
  /** Σ|xᵢ − yⱼ| between X and all later values so far, by the index of the last value of X. */
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
