import type { Interval } from '../numbers/index.ts';
import type { IntervalMethod } from './difference.ts';
import { COMPARED_RESOURCES, type PartScope, type ResourceName } from './excerpt.ts';

/** What is compared of a part of a run. */
export interface ComparedFigure {
  title: string;
  unit: 'ms' | 'perSecond' | 'fraction' | 'bytes' | 'count';
  better: 'lower' | 'higher';
  /** How a difference is told: as a part of the reference, or in points of a rate. */
  scale: 'relative' | 'points';
  /** Whether a change of it makes the candidate better or worse as a whole: a larger pool of connections does not. */
  weighs: boolean;
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
  weighs: true,
});
const points = (title: string, better: ComparedFigure['better']): ComparedFigure => ({
  title,
  unit: 'fraction',
  better,
  scale: 'points',
  weighs: true,
});

const resource = (name: ResourceName, { weighs }: Pick<ComparedFigure, 'weighs'>): ComparedFigure => ({
  ...COMPARED_RESOURCES[name],
  better: 'lower',
  scale: 'relative',
  weighs,
});

export const COMPARED_FIGURES = {
  p50: relative('p50', 'ms', 'lower'),
  p95: relative('p95', 'ms', 'lower'),
  p99: relative('p99', 'ms', 'lower'),
  throughput: relative('throughput', 'perSecond', 'higher'),
  errorRate: points('error rate', 'lower'),
  successRate: points('success rate', 'higher'),
  memory: resource('memory', { weighs: true }),
  cpu: resource('cpu', { weighs: true }),
  poolConnections: resource('poolConnections', { weighs: false }),
  databaseConnections: resource('databaseConnections', { weighs: false }),
} as const satisfies Record<string, ComparedFigure>;

export type FigureName = keyof typeof COMPARED_FIGURES;

/** The least effects that matter. */
export interface Floors {
  /** Of durations, throughput and resources, as a part of the reference. */
  relative: number;
  /** Of rates. */
  points: number;
  /** Durations must also differ by so many ms: nobody feels less, and timers tell little of it. */
  ms: number;
}

export const DEFAULT_FLOORS: Floors = { relative: 0.1, points: 0.005, ms: 1 };

export const COMPARISON_OUTCOMES = ['worse', "can't tell", 'better', 'same'] as const;
export type ComparisonOutcome = (typeof COMPARISON_OUTCOMES)[number];

/** One figure of one part of both sides. */
export interface ComparisonRow {
  scope: PartScope | 'resources';
  name: string;
  figure: FigureName;
  reference: number;
  candidate: number;
  /** As a part of the reference, or in points of a rate. */
  change: number;
  /** Of the change, at 95 %. */
  interval: Interval | null;
  /** From here on a change matters. */
  floor: number;
  outcome: ComparisonOutcome;
  by: IntervalMethod[];
  note: string | null;
}
