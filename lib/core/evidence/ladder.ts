import type { ErrorKind } from '../metrics/index.ts';
import type { Interval } from '../numbers/index.ts';

/** What a ladder tells of a deployment. */
export interface Ladder {
  rungs: Rung[];
  /** The last rung up to which no promise was broken; null where the first was. */
  carried: number | null;
  processes: number;
  /** Of the target's machine; null where nobody knows. */
  cores: number | null;
  /** Null where there are too few rungs. */
  capacity: Capacity | null;
  /** Null where the pool or the limit of the database was not seen. */
  connections: ConnectionBudget | null;
  /** What errors of each kind said: `503 overloaded`. */
  errors: Partial<Record<ErrorKind, string[]>>;
}

/** One hold of a ladder: so many users, and what they got. */
export interface Rung {
  phase: string;
  /** That there were, at the scale of the run. */
  users: number;
  /** Right answers of all, from 0 to 1; null without a request. */
  success: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  /** Right answers a second. */
  perS: number;
  /** Cores that the target used on average; null where its CPU was not seen. */
  cores: number | null;
  /** Cores on which it computes all the time. */
  busy: number;
  /** CPU time of a request; null where it was not seen. */
  cpuMs: number | null;
  /** Lag of its event loop (p99), on average; null where it was not seen. */
  lagMs: number | null;
  /** Connections of its pools, on average; null where they were not seen. */
  pool: PoolUsage | null;
  /** Errors by kind, each as a share of the requests. */
  errors: Partial<Record<ErrorKind, number>>;
  /** A promise of the test about this rung that was not kept. */
  broken: boolean;
  /** What stands in the way here first; null where nothing does. */
  issue: string | null;
}

export interface PoolUsage {
  max: number;
  active: number;
  /** Units of work that waited for one. */
  waiting: number;
}

export interface Estimate {
  value: number;
  interval: Interval;
}

/** What a deployment can do, from the law fitted to a ladder. */
export interface Capacity {
  law: ScalabilityLaw;
  /** Most right answers a second. */
  perS: Estimate;
  /** From so many users on they wait for one another: they ask for as much as it can do. */
  users: Estimate;
  /** So many users have the most throughput; null where it falls nowhere up to `limit`. */
  peakUsers: number | null;
  /** More users than the last rung would still have more throughput: both estimates are the least. */
  growing: boolean;
  /** The fewest and the most users that the law is followed to: those of the first rung, and twice those of the last. */
  from: number;
  limit: number;
}

/**
 * Throughput of N users, X(N) = λN / (1 + σ(N − 1) + κN(N − 1)): what one user asks for alone, less what they wait for
 * one another, less what it costs to keep them in step. N. J. Gunther, "Guerrilla Capacity Planning", 2007, ch. 4.
 */
export interface ScalabilityLaw {
  /** Answers a second of one user alone. */
  lambda: number;
  /** Contention, from 0. */
  sigma: number;
  /** Coherency, from 0. */
  kappa: number;
}

/** What all processes together may open, against what the database takes. */
export interface ConnectionBudget {
  processes: number;
  /** Of each process. */
  pool: number;
  wanted: number;
  limit: number;
  reserve: number;
  fits: boolean;
  /** That each process may have. */
  most: number;
}

/** The Universal Scalability Law has three parameters: with fewer numbers of users, any curve would do. */
export const MIN_RUNGS = 3;

/** The issue of a rung of which no more is known. */
export const REQUESTS_FAIL_ISSUE = 'requests fail';
