import type { Phase } from '../../lib/core/definition/index.ts';
import type { FigureUnit } from '../../lib/core/numbers/index.ts';

/**
 * The content of a report, independent of its format. Markdown and HTML render the same document, so every number is
 * the same in both.
 */
export interface ReportDocument {
  title: string;
  /** One line with product, test, environment and time. */
  subtitle: string;
  /** The verdict as shown to readers, for example `CONDITIONAL GO`. */
  verdict: { words: string; tone: Tone };
  sections: Section[];
}

/** Whether something is good or bad news. Reports show it by color, and always in words as well. */
export type Tone = 'good' | 'warning' | 'bad' | 'neutral';

export interface Section {
  /** Anchor, unique within the document. */
  id: string;
  title: string;
  blocks: Block[];
  /** Subsections, for example the tests of a campaign. */
  sections?: Section[];
}

export type Block =
  | { kind: 'text'; text: string }
  | { kind: 'list'; items: string[]; ordered?: boolean }
  | { kind: 'code'; text: string }
  /** Explains why data that a reader expects here is missing. */
  | { kind: 'absent'; why: string }
  | ({ kind: 'table' } & Table)
  | ({ kind: 'chart' } & Chart);

export interface Table {
  caption: string;
  columns: { title: string; align?: 'left' | 'right' }[];
  rows: Cell[][];
}

/** Text of a cell, with a tone if it is a judgment, or with an address if it is a link. */
export type Cell = string | { text: string; tone: Tone } | { text: string; href: string };

/** Always accompanied by a table with the same data, because not every format has charts. */
export type Chart = { id: string; title: string } & (TimeChart | PercentileChart | HistogramChart | FunnelChart);

/** Values over the time of one run, or over many runs. The charts of a run share their cursor and zoom. */
export interface TimeChart {
  type: 'time';
  /** `clock` (the default) counts from the start of the run. `date` shows instants since 1970. */
  axis?: 'clock' | 'date';
  atMs: number[];
  unit: FigureUnit;
  series: {
    name: string;
    values: Column;
    style?: 'line' | 'steps' | 'area' | 'stacked' | 'points';
    /** Lower and upper bound of each value, if the values are not exact. */
    bounds?: { low: Column; high: Column };
  }[];
  phases: Phase[];
  /** Instants to highlight. `kind` appears in the legend, `text` at the instant. */
  marks?: { atMs: number; kind: string; text: string; tone: Tone }[];
}

type Column = (number | null)[];

/** Response time by percentile, on a logarithmic axis that magnifies the tail: 0.9, 0.99, 0.999, … */
export interface PercentileChart {
  type: 'percentiles';
  series: { name: string; points: { q: number; ms: number }[] }[];
  /** Above this percentile there are fewer than ten samples, so the chart is dimmed from here on. */
  sparseFromQ: number;
}

export interface HistogramChart {
  type: 'histogram';
  /** Lower and upper bound of each bucket in ms, and the number of values in it. */
  buckets: { fromMs: number; toMs: number; count: number }[];
}

export interface FunnelChart {
  type: 'funnel';
  steps: { name: string; entered: number; succeeded: number; observable: boolean }[];
}
