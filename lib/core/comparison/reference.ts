import type { Excerpt, ExcerptPart } from './excerpt.ts';

export const REFERENCE_VERSION = 1;

/** What others are compared with: one or more runs of a test, kept under a name; reference.schema.json is its form. */
export interface Reference {
  schemaVersion: typeof REFERENCE_VERSION;
  /** `product/test` */
  test: string;
  name: string;
  setAt: string;
  runs: Excerpt[];
}

/** A reference is committed, and read by whoever reviews that. */
export const MAX_REFERENCE_BYTES = 100_000;

/**
 * A reference in which is left what comparing takes: windows of a single run, for with several the run is the unit.
 * Where it is too large, it loses what matters least first.
 */
export function referenceOf(
  what: Pick<Reference, 'test' | 'name' | 'setAt'>,
  runs: readonly Excerpt[],
): Reference {
  const kept = runs.length > 1 ? runs.map((run) => ({ ...run, windows: null })) : runs;
  const fitting = [KEEP_ALL, KEEP_WHOLE, KEEP_NONE].map(
    ({ histogramsOf, lost }): Reference => ({
      schemaVersion: REFERENCE_VERSION,
      ...what,
      runs: kept.map((run) => ({
        ...run,
        unknown: [...run.unknown, ...lost],
        parts: run.parts.map((part) => (histogramsOf(part) ? part : { ...part, histogram: null })),
      })),
    }),
  );
  return (
    fitting.find((one) => referenceText(one).length <= MAX_REFERENCE_BYTES) ?? (fitting.at(-1) as Reference)
  );
}

/** Which parts keep their histograms, and what is told of the others. */
interface Keeping {
  histogramsOf: (part: ExcerptPart) => boolean;
  lost: string[];
}

const KEEP_ALL: Keeping = { histogramsOf: () => true, lost: [] };
const KEEP_WHOLE: Keeping = {
  histogramsOf: ({ scope }) => scope === 'total' || scope === 'phase' || scope === 'flow',
  lost: ['the reference was too large for the histograms of endpoints and steps'],
};
const KEEP_NONE: Keeping = {
  histogramsOf: () => false,
  lost: ['the reference was too large for histograms'],
};

const SIGNIFICANT_DIGITS = 6;
/** Lists of numbers, each of which JSON.stringify puts on a line of its own. */
const NUMBERS = /\[[\s\d,.e+-]*(?:null[\s\d,.e+-]*)*\]/g;

/** As it is written: counts exact, other numbers rounded, a list of numbers on one line. */
export function referenceText(reference: Reference): string {
  const rounded = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value)
      ? Number(value.toPrecision(SIGNIFICANT_DIGITS))
      : value;
  const text = JSON.stringify(reference, rounded, 1);
  return `${text.replace(NUMBERS, (list) => list.replace(/\s+/g, ''))}\n`;
}
