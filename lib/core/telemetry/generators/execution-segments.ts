import { closedPeakVUs, type TestPlan, type Workload } from '../../definition/index.ts';

/** The part of a test that is one generator's: k6's execution segment, and the sequence of all of them. */
export interface ExecutionSegment {
  segment: string;
  sequence: string;
}

/** A test in so many equal parts. */
export function executionSegments(count: number): ExecutionSegment[] {
  const bounds = Array.from({ length: count + 1 }, (_, i) =>
    i === 0 || i === count ? String(i / count) : `${i}/${count}`,
  );
  const sequence = bounds.join(',');
  return bounds.slice(1).map((end, i) => ({ segment: `${bounds[i]}:${end}`, sequence }));
}

/** How many of so many VUs are in one of equal parts: k6 deals them out one by one. */
export function vusInSegment(vus: number, { index, count }: { index: number; count: number }): number {
  return Math.ceil((vus - index) / count);
}

/** What the closed part of a workload has to reach in each of equal parts. */
export const plannedVUs = (workload: Workload, part: { index: number; count: number }): number =>
  Math.max(0, vusInSegment(closedPeakVUs(workload), part));

/** Why a test cannot be divided among so many generators, as told to a person; null where it can. */
export function indivisibleReason({ product, test, workload }: TestPlan, count: number): string | null {
  const name = `${product}/${test}`;
  if (workload.bursts?.length)
    return `${name} has bursts, whose VUs begin at the same instant: on several generators nothing would hold them together.`;
  const fewest = Math.min(
    ...Object.values(workload.scenarios).map(({ vus, maxVUs }) => maxVUs ?? vus ?? workload.peakVUs),
  );
  return fewest < count
    ? `${name} has a scenario of ${fewest} ${fewest === 1 ? 'VU' : 'VUs'}, too few for ${count} generators: each takes at least one.`
    : null;
}
