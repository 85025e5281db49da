import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { ActiveFaults } from '../faults/fault.ts';
import type { ServiceSettings } from '../products/product.ts';

/** A message from the supervisor to a child process. */
export type SupervisorMessage =
  | { type: 'start'; config: unknown }
  /** All faults that must be active. The child replies with `done` and the same id. */
  | { type: 'faults'; id: number; active: ActiveFaults }
  /** The child replies with `done`, the same id and its metrics. */
  | { type: 'metrics'; id: number }
  | { type: 'stop' };

/** A message from a child process to the supervisor. */
export type ChildMessage =
  | { type: 'ready'; ports: Record<string, number> }
  | { type: 'failed'; error: string }
  | { type: 'done'; id: number; metrics?: ProcessMetrics };

/** All metrics of one process. */
export type ProcessMetrics = MetricObjectWithValues<MetricValue<string>>[];

export type ServiceConfig = {
  product: string;
  port: number;
  /** Connection URL of the database; empty if the product has no database. */
  databaseUrl: string;
  settings: ServiceSettings;
  /** Values of the settings that only this product has. */
  productSettings: Record<string, unknown>;
  /** URL of each simulated provider, by name. */
  providers: Record<string, string>;
  /** Number of restarts of the service so far. */
  restarts: number;
};

export type ProvidersConfig = {
  product: string;
  /** Port of each provider, by name. A provider without an entry gets a free port. */
  ports: Record<string, number>;
  latencyScale: number;
  failureScale: number;
};
