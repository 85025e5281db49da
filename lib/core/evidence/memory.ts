/** Caches fill and code is compiled in this part of a steady load; then both stop. */
export const WARM_UP = 1 / 3;
/** The lowest of so many samples is what a collection has left, and a block of them one point of the envelope. */
export const SAMPLES_PER_BLOCK = 3;
export const MOST_BLOCKS = 12;

/**
 * The memory that collections leave: the lowest sample of each of so many blocks of neighbours, as even as can be. A
 * heap between two collections says nothing.
 */
export function lowerEnvelope<Sample>(
  samples: readonly Sample[],
  blocks: number,
  bytesOf: (sample: Sample) => number,
): Sample[] {
  return Array.from({ length: blocks }, (_, i) =>
    samples
      .slice(Math.floor((i * samples.length) / blocks), Math.floor(((i + 1) * samples.length) / blocks))
      .reduce((lowest, sample) => (bytesOf(sample) < bytesOf(lowest) ? sample : lowest)),
  );
}
