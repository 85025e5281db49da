import type { Interval } from '../numbers/index.ts';
import type { IntervalMethod } from './difference.ts';
import { COMPARED_RESOURCES, type PartScope } from './excerpt.ts';

/** A figure that is compared between runs. */
export interface ComparedFigure {
  title: string;
  unit: 'ms' | 'perSecond' | 'fraction' | 'bytes' | 'count';
  better: 'lower' | 'higher';
  /** Unit of a difference: a fraction of the reference, or percentage points. */
  scale: 'relative' | 'points';
  /**
   * Whether a change of this figure affects the overall outcome. A larger connection pool, for example, is neither
   * better nor worse.
   */
  affectsOutcome: boolean;
}

const DURATION = { unit: 'ms', better: 'lower', scale: 'relative', affectsOutcome: true } as const;
const RATE = { unit: 'fraction', scale: 'points', affectsOutcome: true } as const;
const RESOURCE = { better: 'lower', scale: 'relative' } as const;
const { memory, cpu, poolConnections, databaseConnections } = COMPARED_RESOURCES;

export const COMPARED_FIGURES = {
  p50: { title: 'p50', ...DURATION },
  p95: { title: 'p95', ...DURATION },
  p99: { title: 'p99', ...DURATION },
  throughput: {
    title: 'throughput',
    unit: 'perSecond',
    better: 'higher',
    scale: 'relative',
    affectsOutcome: true,
  },
  errorRate: { title: 'error rate', better: 'lower', ...RATE },
  successRate: { title: 'success rate', better: 'higher', ...RATE },
  memory: { ...memory, ...RESOURCE, affectsOutcome: true },
  cpu: { ...cpu, ...RESOURCE, affectsOutcome: true },
  poolConnections: { ...poolConnections, ...RESOURCE, affectsOutcome: false },
  databaseConnections: { ...databaseConnections, ...RESOURCE, affectsOutcome: false },
} as const satisfies Record<string, ComparedFigure>;

export type FigureName = keyof typeof COMPARED_FIGURES;

/** The smallest changes that count as better or worse (floors). */
export interface Floors {
  /** For durations, throughput and resources, as a fraction of the reference. */
  relative: number;
  /** For rates, as a difference of fractions. */
  points: number;
  /**
   * Durations must also differ by this many ms. Users do not notice smaller differences, and the suite cannot measure
   * them reliably.
   */
  ms: number;
}

export const DEFAULT_FLOORS: Floors = { relative: 0.1, points: 0.005, ms: 1 };

export const COMPARISON_OUTCOMES = ['worse', "can't tell", 'better', 'same'] as const;
export type ComparisonOutcome = (typeof COMPARISON_OUTCOMES)[number];

/** One figure of one part of the runs, compared between the two sides. */
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
  /** The smallest change that counts as better or worse. */
  floor: number;
  outcome: ComparisonOutcome;
  /** Methods behind the interval. */
  by: IntervalMethod[];
  note: string | null;
}
