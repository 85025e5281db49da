import { closedPeakVUs, type TestPlan, type Workload } from '../../definition/index.ts';
import { pluralize } from '../../numbers/index.ts';

/** The part of a test that one generator runs: its execution segment in k6, and the sequence of all segments. */
export interface ExecutionSegment {
  segment: string;
  sequence: string;
}

/**
 * Divides a test into equal segments. For 2 generators, the segments are `0:1/2` and `1/2:1`, and the sequence is
 * `0,1/2,1`.
 */
export function executionSegments(count: number): ExecutionSegment[] {
  const bounds = Array.from({ length: count + 1 }, (_, i) =>
    i === 0 || i === count ? String(i / count) : `${i}/${count}`,
  );
  const sequence = bounds.join(',');
  return bounds.slice(1).map((end, i) => ({ segment: `${bounds[i]}:${end}`, sequence }));
}

/**
 * Returns the number of VUs in one of `count` equal segments. k6 deals the VUs to the segments one by one.
 * @param index index of the segment, from 0
 */
export function vusInSegment(vus: number, { index, count }: { index: number; count: number }): number {
  return Math.ceil((vus - index) / count);
}

/** The peak number of VUs that one of several generators must reach in the closed scenarios of a workload. */
export const plannedVUs = (workload: Workload, segment: { index: number; count: number }): number =>
  Math.max(0, vusInSegment(closedPeakVUs(workload), segment));

/** Explains to the user why a test cannot be divided among this many generators. Returns null if it can be. */
export function indivisibleReason({ product, test, workload }: TestPlan, count: number): string | null {
  const name = `${product}/${test}`;
  if (workload.bursts?.length)
    return `${name} has bursts, whose VUs must start at the same instant. Several generators cannot synchronize them.`;
  const minVUs = Math.min(
    ...Object.values(workload.scenarios).map(({ vus, maxVUs }) => maxVUs ?? vus ?? workload.peakVUs),
  );
  return minVUs < count
    ? `${name} has a scenario of ${pluralize(minVUs, 'VU')}, too few for ${count} generators. Each generator requires at least one VU.`
    : null;
}
