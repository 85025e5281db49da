import type { Excerpt, ExcerptPart } from './excerpt.ts';

export const REFERENCE_VERSION = 1;

/**
 * One or more runs of a test, stored under a name for comparison with other runs. The published schema is
 * reference.schema.json.
 */
export interface Reference {
  schemaVersion: typeof REFERENCE_VERSION;
  /** `product/test` */
  test: string;
  name: string;
  setAt: string;
  runs: Excerpt[];
}

/** Maximum size. References are committed and reviewed, so they must be small. */
export const MAX_REFERENCE_BYTES = 100_000;

/**
 * Creates a reference with what a comparison needs. Windows are kept only for a single run, because with several runs
 * the comparison does not use them. If the reference is too large, it drops histograms, the least important first.
 */
export function referenceOf(head: Pick<Reference, 'test' | 'name' | 'setAt'>, runs: readonly Excerpt[]): Reference {
  const neededRuns = runs.length > 1 ? runs.map((run) => ({ ...run, windows: null })) : runs;
  const versions = [KEEP_ALL, KEEP_MAIN_PARTS, KEEP_NONE].map(
    ({ keepsHistogram, caveats }): Reference => ({
      schemaVersion: REFERENCE_VERSION,
      ...head,
      runs: neededRuns.map((run) => ({
        ...run,
        unknown: [...run.unknown, ...caveats],
        parts: run.parts.map((part) => (keepsHistogram(part) ? part : { ...part, histogram: null })),
      })),
    }),
  );
  return (
    versions.find((version) => referenceText(version).length <= MAX_REFERENCE_BYTES) ?? (versions.at(-1) as Reference)
  );
}

/** Which parts of a reference keep their histograms, and the caveats about the other parts. */
interface HistogramRetention {
  keepsHistogram: (part: ExcerptPart) => boolean;
  caveats: string[];
}

const KEEP_ALL: HistogramRetention = { keepsHistogram: () => true, caveats: [] };
const KEEP_MAIN_PARTS: HistogramRetention = {
  keepsHistogram: ({ scope }) => scope === 'total' || scope === 'phase' || scope === 'flow',
  caveats: ['the reference has no histograms of endpoints and steps, because it would be too large'],
};
const KEEP_NONE: HistogramRetention = {
  keepsHistogram: () => false,
  caveats: ['the reference has no histograms, because it would be too large'],
};

const SIGNIFICANT_DIGITS = 6;
/** Matches a list of numbers, which JSON.stringify writes with one line per number. */
const NUMBER_LIST = /\[[\s\d,.e+-]*(?:null[\s\d,.e+-]*)*\]/g;

/** The file content of a reference, with exact integers, other numbers rounded, and each list of numbers on one line. */
export function referenceText(reference: Reference): string {
  const rounded = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(SIGNIFICANT_DIGITS)) : value;
  const text = JSON.stringify(reference, rounded, 1);
  return `${text.replace(NUMBER_LIST, (list) => list.replace(/\s+/g, ''))}\n`;
}
