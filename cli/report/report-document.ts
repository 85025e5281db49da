import type { Phase } from '../../lib/core/definition/index.ts';
import type { FigureUnit } from '../../lib/core/numbers/index.ts';

/**
 * A report before it has a form: what is said, in order. Markdown and HTML are two ways to write the same document
 * down, so that a number is the same in both.
 */
export interface ReportDocument {
  title: string;
  /** What it is about, in one line: product, test, environment, when. */
  subtitle: string;
  /** In words, with their meaning: `CONDITIONAL GO`. */
  verdict: { words: string; tone: Tone };
  sections: Section[];
}

/** How something is to be taken. Never told by colour alone: the words say it too. */
export type Tone = 'good' | 'warning' | 'bad' | 'neutral';

export interface Section {
  /** Anchor, unique in its document. */
  id: string;
  title: string;
  blocks: Block[];
  /** Parts of a long section: the tests of a campaign. */
  sections?: Section[];
}

export type Block =
  | { kind: 'text'; text: string }
  | { kind: 'list'; items: string[]; ordered?: boolean }
  | { kind: 'code'; text: string }
  /** Why there is nothing to show where a reader expects something. */
  | { kind: 'absent'; why: string }
  | ({ kind: 'table' } & Table)
  | ({ kind: 'chart' } & Chart);

export interface Table {
  caption: string;
  columns: { title: string; align?: 'left' | 'right' }[];
  rows: Cell[][];
}

/** Text as it is shown; with a tone where it is a judgement, with an address where there is more of it. */
export type Cell = string | { text: string; tone: Tone } | { text: string; href: string };

/** Always in a section that says the same in a table, with fewer rows if need be: not every form has charts. */
export type Chart = { id: string; title: string } & (
  | TimeChart
  | PercentileChart
  | HistogramChart
  | FunnelChart
);

/** Values over the run, or over many runs. Charts of one document share their cursor and zoom. */
export interface TimeChart {
  type: 'time';
  /** A clock counts from the start of the run, which is the usual; dates are instants since 1970. */
  axis?: 'clock' | 'date';
  atMs: number[];
  unit: FigureUnit;
  series: {
    name: string;
    values: Column;
    style?: 'line' | 'steps' | 'area' | 'stacked' | 'points';
    /** Between which a value may be, where it is not exact. */
    bounds?: { low: Column; high: Column };
  }[];
  phases: Phase[];
  /** Instants that stand out: of what kind each is, and what it is. */
  marks?: { atMs: number; kind: string; text: string; tone: Tone }[];
}

type Column = (number | null)[];

/** Response time by percentile, on an axis that stretches the tail: 0.9, 0.99, 0.999, … */
export interface PercentileChart {
  type: 'percentiles';
  series: { name: string; points: { q: number; ms: number }[] }[];
  /** From this percentile on fewer than ten samples lie above: shown greyed. */
  sparseFromQ: number;
}

export interface HistogramChart {
  type: 'histogram';
  /** Lower and upper bound of each bucket, in ms, and how many fell into it. */
  buckets: { fromMs: number; toMs: number; count: number }[];
}

export interface FunnelChart {
  type: 'funnel';
  steps: { name: string; entered: number; succeeded: number; observable: boolean }[];
}
