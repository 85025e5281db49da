import { RESPONSE_TIME } from '../../lib/core/evidence/index.ts';

/** A JSON object of any schema version. */
export type Document = Record<string, unknown>;

/** Functions that convert a document from one schema version to the next, by the older version. */
export type Migrations = Readonly<Record<number, (document: Document) => Document>>;

/** Version 1 measured only k6's request duration, and did not count unanswered requests. */
export const RESULT_MIGRATIONS: Migrations = {
  1: ({ run, fingerprint, totals, endpoints, phases, windows, ...rest }) => ({
    ...rest,
    run: withCommits(run),
    fingerprint: withoutConnecting(fingerprint),
    totals: requestFigures(totals),
    endpoints: each(endpoints, requestFigures),
    phases: each(phases, (phase) => {
      const { endpoints: parts = [], ...figures } = requestFigures(phase);
      return { ...figures, endpoints: each(parts, requestFigures) };
    }),
    windows: { ...objectOf(windows), newConnections: [], endpoints: {} },
    disturbances: [],
    exchanges: [],
  }),
};

/** Version 1 of a history record has no response times that later ones can be compared with. */
export const RECORD_MIGRATIONS: Migrations = {
  1: ({ run, fingerprint, totals, endpoints, ...rest }) => ({
    ...rest,
    run: withCommits(run),
    fingerprint: withoutConnecting(fingerprint),
    totals: { responseTimeMs: null, ...objectOf(totals) },
    endpoints: each(endpoints, (endpoint) => ({ responseTimeMs: null, ...objectOf(endpoint) })),
  }),
};

/** Validation rejects whatever is not an object later. */
const objectOf = (value: unknown): Document => (typeof value === 'object' && value !== null ? { ...value } : {});

const each = (list: unknown, convert: (item: unknown) => unknown) => (Array.isArray(list) ? list.map(convert) : list);

function withCommits(run: unknown): Document {
  const { gitCommit, ...rest } = objectOf(run);
  return { ...rest, commits: { suite: gitCommit, tests: gitCommit, service: null } };
}

function withoutConnecting(fingerprint: unknown): Document {
  const { parts, ...rest } = objectOf(fingerprint);
  return { ...rest, parts: { ...objectOf(parts), responseTime: RESPONSE_TIME.withoutConnecting } };
}

function requestFigures(value: unknown): Document {
  const figures = objectOf(value);
  return { ...figures, unanswered: 0, redirectHops: 0, responseTimeMs: figures.durationMs };
}

/** Converts a document to a version, one version at a time; null if there is no migration from its version. */
export function migrated(
  document: Document & { schemaVersion: number },
  version: number,
  migrations: Migrations,
): Document | null {
  let current = document;
  while (current.schemaVersion < version) {
    const migrate = migrations[current.schemaVersion];
    if (!migrate) return null;
    current = { ...migrate(current), schemaVersion: current.schemaVersion + 1 };
  }
  return current;
}
