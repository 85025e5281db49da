import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { ActiveFaults } from '../faults/fault.ts';
import type { ServiceSettings } from '../products/product.ts';

/** What the supervisor tells a process of the target. */
export type SupervisorMessage =
  | { type: 'start'; config: unknown }
  /** The complete wanted state; answered with `done` and the same number. */
  | { type: 'faults'; id: number; active: ActiveFaults }
  /** Answered with `done`, the same number and the metrics. */
  | { type: 'metrics'; id: number }
  | { type: 'stop' };

/** What a process of the target tells the supervisor. */
export type ChildMessage =
  | { type: 'ready'; ports: Record<string, number> }
  | { type: 'failed'; error: string }
  | { type: 'done'; id: number; metrics?: ProcessMetrics };

/** All metrics of one process. */
export type ProcessMetrics = MetricObjectWithValues<MetricValue<string>>[];

export type ServiceConfig = {
  product: string;
  port: number;
  /** Empty where the product has no database. */
  databaseUrl: string;
  settings: ServiceSettings;
  /** Values of the product's own settings. */
  productSettings: Record<string, unknown>;
  /** URL of each of its providers. */
  providers: Record<string, string>;
  restarts: number;
};

export type ProvidersConfig = {
  product: string;
  /** By provider; one without gets a free port. */
  ports: Record<string, number>;
  latencyScale: number;
  failureScale: number;
};
