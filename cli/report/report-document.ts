import type { Phase } from '../../lib/core/definition/index.ts';
import type { FigureUnit } from '../../lib/core/numbers/index.ts';

/**
 * The content of a report, independent of its format. Markdown and HTML are rendered from the same document, so all
 * formats show the same values.
 */
export interface ReportDocument {
  title: string;
  /** A line with the product, test, environment and time. */
  subtitle: string;
  /** The verdict in the words that readers see, for example `CONDITIONAL GO`. */
  verdict: { words: string; tone: Tone };
  sections: Section[];
}

/** Whether a text is good or bad news. Reports show the tone by color, and always in words as well. */
export type Tone = 'good' | 'warning' | 'bad' | 'neutral';

export interface Section {
  /** The ID of the section, for links. It is unique within the document. */
  id: string;
  title: string;
  blocks: Block[];
  /** Subsections. In the report of a campaign, for example, each test is a subsection. */
  sections?: Section[];
}

export type Block =
  | { kind: 'text'; text: string }
  | { kind: 'list'; items: string[]; ordered?: boolean }
  | { kind: 'code'; text: string }
  /** A text about why the section does not contain data that readers expect. */
  | { kind: 'absent'; why: string }
  | ({ kind: 'table' } & Table)
  | ({ kind: 'chart' } & Chart);

export interface Table {
  caption: string;
  columns: { title: string; align?: 'left' | 'right' }[];
  rows: Cell[][];
}

/** The text of a table cell. A verdict or status also has a tone, and a link has an address. */
export type Cell = string | { text: string; tone: Tone } | { text: string; href: string };

/** A chart. A table with the same data is always next to it, because some formats have no charts. */
export type Chart = { id: string; title: string } & (TimeChart | PercentileChart | HistogramChart | FunnelChart);

/** A chart of values over the time of one run or of many runs. All charts of a run share their cursor and zoom. */
export interface TimeChart {
  type: 'time';
  /**
   * How the horizontal axis shows time. `clock` (the default) counts from the start of the run, and `date` shows dates.
   * Times on a `date` axis are in ms since January 1, 1970.
   */
  axis?: 'clock' | 'date';
  atMs: number[];
  unit: FigureUnit;
  series: {
    name: string;
    values: Column;
    style?: 'line' | 'steps' | 'area' | 'stacked' | 'points';
    /** The lower and upper bound of each value, if the values are estimates. */
    bounds?: { low: Column; high: Column };
  }[];
  phases: Phase[];
  /** Instants to highlight. The legend shows `kind`, and the chart shows `text` at the instant. */
  marks?: { atMs: number; kind: string; text: string; tone: Tone }[];
}

type Column = (number | null)[];

/**
 * A chart of the response time by percentile. Its logarithmic axis gives the highest percentiles (0.9, 0.99, 0.999, …)
 * the same distance.
 */
export interface PercentileChart {
  type: 'percentiles';
  series: { name: string; points: { q: number; ms: number }[] }[];
  /** The percentile above which there are fewer than ten samples. The chart is dimmed from this percentile on. */
  sparseFromQ: number;
}

export interface HistogramChart {
  type: 'histogram';
  /** The buckets of the histogram, each with its bounds in ms and the number of values between the bounds. */
  buckets: { fromMs: number; toMs: number; count: number }[];
}

export interface FunnelChart {
  type: 'funnel';
  steps: { name: string; entered: number; succeeded: number; observable: boolean }[];
}
