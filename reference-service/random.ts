/**
 * Returns a generator of uniformly distributed numbers in [0, 1). The same seed always gives the same sequence. The
 * algorithm is mulberry32.
 */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Returns a generator of log-normally distributed numbers, which uses the Box–Muller transform.
 *
 * @param next generates uniformly distributed numbers in [0, 1)
 * @param sigma standard deviation of the logarithm of the numbers
 */
export function lognormal(next: () => number, mean: number, sigma: number): () => number {
  const mu = Math.log(mean) - sigma ** 2 / 2;
  return () => {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    return Math.exp(mu + sigma * radius * Math.cos(2 * Math.PI * next()));
  };
}
