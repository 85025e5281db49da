import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { ActiveFaults } from '../faults/fault.ts';
import type { ServiceSettings } from '../products/product.ts';

/** A message from the supervisor to a child process. */
export type SupervisorMessage =
  | { type: 'start'; config: unknown }
  /** Sets the active faults of the child process. The child process replies with `done` and the same id. */
  | { type: 'faults'; id: number; active: ActiveFaults }
  /** Requests the metrics of the child process, which replies with `done`, the same id and the metrics. */
  | { type: 'metrics'; id: number }
  | { type: 'stop' };

/** A message from a child process to the supervisor. */
export type ChildMessage =
  | { type: 'ready'; ports: Record<string, number> }
  | { type: 'failed'; error: string }
  | { type: 'done'; id: number; metrics?: ProcessMetrics };

/** All metrics of one service process, in the JSON format of prom-client. */
export type ProcessMetrics = MetricObjectWithValues<MetricValue<string>>[];

export type ServiceConfig = {
  product: string;
  port: number;
  /** Connection URL of the database; empty if the product has no database. */
  databaseUrl: string;
  settings: ServiceSettings;
  /** Values of the settings that only the selected product has. */
  productSettings: Record<string, unknown>;
  /** Maps the name of each simulated provider to the URL of the provider. */
  providers: Record<string, string>;
  /** Number of times that the service has been restarted after a crash. */
  restarts: number;
};

export type ProvidersConfig = {
  product: string;
  /**
   * Maps the name of a provider to the port that the provider must use. A provider without an entry picks a free port.
   */
  ports: Record<string, number>;
  latencyScale: number;
  failureScale: number;
};
