import type { ActiveFaults } from '../faults/table.ts';

/** What the supervisor tells a child process. */
export type ToChild =
  | { type: 'start'; config: unknown }
  /** The complete wanted state; answered with `faults-followed` and the same number. */
  | { type: 'faults'; id: number; active: ActiveFaults }
  | { type: 'stop' };

/** What a child process tells the supervisor. */
export type FromChild =
  | { type: 'ready'; ports: Record<string, number> }
  | { type: 'failed'; error: string }
  | { type: 'faults-followed'; id: number };

export type ServiceConfig = {
  port: number;
  databaseUrl: string;
  poolMax: number;
  acquireTimeoutMs: number;
  queryHoldMs: number;
  jobConcurrency: number;
  cacheMaxEntries: number;
  adminToken: string;
  webhookSecret: string;
  aiUrl: string;
  whatsappUrl: string;
  restarts: number;
};

export type ProvidersConfig = {
  /** 0 picks a free port. */
  ports: { ai: number; whatsapp: number };
  latencyScale: number;
  failureScale: number;
};
