import type { Interval } from '../numbers/index.ts';
import type { IntervalMethod } from './difference.ts';
import { COMPARED_RESOURCES, type PartScope, type ResourceName } from './excerpt.ts';

/** A figure that is compared between runs. */
export interface ComparedFigure {
  title: string;
  unit: 'ms' | 'perSecond' | 'fraction' | 'bytes' | 'count';
  better: 'lower' | 'higher';
  /** Unit of a difference: a fraction of the reference, or percentage points. */
  scale: 'relative' | 'points';
  /** Whether a change affects the overall outcome. A larger connection pool, for example, does not. */
  affectsOutcome: boolean;
}

const relative = (
  title: string,
  unit: ComparedFigure['unit'],
  better: ComparedFigure['better'],
): ComparedFigure => ({
  title,
  unit,
  better,
  scale: 'relative',
  affectsOutcome: true,
});
const points = (title: string, better: ComparedFigure['better']): ComparedFigure => ({
  title,
  unit: 'fraction',
  better,
  scale: 'points',
  affectsOutcome: true,
});

const resource = (
  name: ResourceName,
  { affectsOutcome }: Pick<ComparedFigure, 'affectsOutcome'>,
): ComparedFigure => ({
  ...COMPARED_RESOURCES[name],
  better: 'lower',
  scale: 'relative',
  affectsOutcome,
});

export const COMPARED_FIGURES = {
  p50: relative('p50', 'ms', 'lower'),
  p95: relative('p95', 'ms', 'lower'),
  p99: relative('p99', 'ms', 'lower'),
  throughput: relative('throughput', 'perSecond', 'higher'),
  errorRate: points('error rate', 'lower'),
  successRate: points('success rate', 'higher'),
  memory: resource('memory', { affectsOutcome: true }),
  cpu: resource('cpu', { affectsOutcome: true }),
  poolConnections: resource('poolConnections', { affectsOutcome: false }),
  databaseConnections: resource('databaseConnections', { affectsOutcome: false }),
} as const satisfies Record<string, ComparedFigure>;

export type FigureName = keyof typeof COMPARED_FIGURES;

/** The smallest changes that count as better or worse. */
export interface Floors {
  /** For durations, throughput and resources, as a fraction of the reference. */
  relative: number;
  /** For rates, as a difference of fractions. */
  points: number;
  /** Durations must also differ by this many ms. Less is neither noticeable nor measured reliably. */
  ms: number;
}

export const DEFAULT_FLOORS: Floors = { relative: 0.1, points: 0.005, ms: 1 };

export const COMPARISON_OUTCOMES = ['worse', "can't tell", 'better', 'same'] as const;
export type ComparisonOutcome = (typeof COMPARISON_OUTCOMES)[number];

/** One figure of one part of the runs, on both sides. */
export interface ComparisonRow {
  scope: PartScope | 'resources';
  name: string;
  figure: FigureName;
  reference: number;
  candidate: number;
  /** Fraction of the reference, or difference of rates. */
  change: number;
  /** 95 % interval of the change. */
  interval: Interval | null;
  /** The smallest change that counts. */
  floor: number;
  outcome: ComparisonOutcome;
  /** Methods behind the interval. */
  by: IntervalMethod[];
  note: string | null;
}
