import type { ErrorKind } from '../metrics/index.ts';
import type { Interval } from '../numbers/index.ts';

/** What a ladder run shows about a deployment. */
export interface Ladder {
  rungs: Rung[];
  /** Users of the last rung before any criterion failed; null if a criterion failed on the first rung. */
  carried: number | null;
  processes: number;
  /** CPU cores of the target's machine; null if unknown. */
  cores: number | null;
  /** Estimated capacity; null with fewer than {@link MIN_RUNGS} rungs. */
  capacity: Capacity | null;
  /** Null if the pool size or the connection limit of the database is unknown. */
  connections: ConnectionBudget | null;
  /** Statuses and reasons of each kind of error, such as `503 overloaded`. */
  errors: Partial<Record<ErrorKind, string[]>>;
}

/** One phase of a ladder with a constant number of users, and its measurements. */
export interface Rung {
  phase: string;
  /** Number of users, at the scale of the run. */
  users: number;
  /** Share of successful responses, from 0 to 1; null without a request. */
  success: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  /** Successful responses per second. */
  perS: number;
  /** Cores that the target used on average; null if its CPU was not measured. */
  cores: number | null;
  /** Number of saturated cores. */
  busy: number;
  /** CPU time per request; null if the target's CPU was not measured. */
  cpuMs: number | null;
  /** Event loop lag (p99), on average; null if it was not measured. */
  lagMs: number | null;
  /** Connections of the target's pools, on average; null if they were not measured. */
  pool: PoolUsage | null;
  /** Errors by kind, each as a share of the requests. */
  errors: Partial<Record<ErrorKind, number>>;
  /** True if a criterion for this rung failed. */
  broken: boolean;
  /** The first bottleneck or error on this rung; null without an issue. */
  issue: string | null;
}

export interface PoolUsage {
  max: number;
  active: number;
  /** Requests or jobs waiting for a connection. */
  waiting: number;
}

export interface Estimate {
  value: number;
  interval: Interval;
}

/** Capacity of a deployment, estimated from the scalability law fitted to a ladder. */
export interface Capacity {
  law: ScalabilityLaw;
  /** Maximum number of successful responses per second. */
  perS: Estimate;
  /** Number of users whose demand equals the maximum throughput; with more users, requests queue. */
  users: Estimate;
  /** Number of users at which throughput peaks; null if throughput does not fall up to `limit`. */
  peakUsers: number | null;
  /** True if throughput would still grow beyond the last rung. In that case, `perS` and `users` are lower bounds. */
  growing: boolean;
  /** Range of users for which the law is evaluated: from the first rung to twice the last rung. */
  from: number;
  limit: number;
}

/**
 * Throughput of N users, X(N) = λN / (1 + σ(N − 1) + κN(N − 1)): the linear throughput of N users, reduced by
 * contention (σ) and by the cost of coherency (κ). N. J. Gunther, "Guerrilla Capacity Planning", 2007, ch. 4.
 */
export interface ScalabilityLaw {
  /** Responses per second with a single user. */
  lambda: number;
  /** Contention, 0 or more. */
  sigma: number;
  /** Cost of coherency, 0 or more. */
  kappa: number;
}

/** Connections that all processes together may open, compared with what the database accepts. */
export interface ConnectionBudget {
  processes: number;
  /** Maximum size of the pool of each process. */
  pool: number;
  wanted: number;
  limit: number;
  reserve: number;
  fits: boolean;
  /** Largest pool size per process that fits the limit of the database. */
  most: number;
}

/**
 * The Universal Scalability Law has three parameters, so fitting it needs at least three different numbers of
 * users.
 */
export const MIN_RUNGS = 3;

/** Text for the issue of a rung whose errors have no diagnosed cause. */
export const REQUESTS_FAIL_ISSUE = 'requests fail';
