import {
  type Evidence,
  type FlowFigures,
  type Ladder,
  PM2_COLUMNS,
  POSTGRESQL_COLUMNS,
  PROCESS_COLUMNS,
  type ProbeName,
  pointsOf,
  type Result,
  type SamplePoint,
  type StepFigures,
  TARGET_COLUMNS,
  type Totals,
  type Trend,
  totalIncrease,
} from '../evidence/index.ts';
import { type Histogram, mean } from '../numbers/index.ts';

/** The part of a result that a comparison needs, small enough to be committed. Times in ms, rates as fractions. */
export interface Excerpt {
  /** The run ID, or the file name of a summary that k6 wrote on its own. */
  id: string;
  /** Null if unknown. */
  startedAt: string | null;
  /** The properties that must be equal in comparable runs, by name; null if unknown. */
  fingerprint: Evidence['fingerprint']['parts'] | null;
  /** Circumstances of the run by name. The comparison shows those that differ. */
  circumstances: Record<string, string>;
  /** Present if the test is a ladder. */
  ladder?: Ladder;
  /** Caveats about figures that are unknown or less precise. */
  unknown: string[];
  parts: ExcerptPart[];
  /** The windows of the run. Null in a reference with several runs and in a k6 summary. */
  windows: ExcerptWindows | null;
  /** Mean of each resource under load, by name; null if it was not measured. */
  resources: Record<ResourceName, number | null>;
}

export const PART_SCOPES = ['total', 'phase', 'endpoint', 'flow', 'step'] as const;
export type PartScope = (typeof PART_SCOPES)[number];

/** Figures of the whole run or of one part. Unknown figures are null. */
export interface ExcerptPart {
  scope: PartScope;
  /** Name of the part: empty for the whole run, and `flow › step` for a step. */
  name: string;
  /** Number of measured durations. */
  count: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  /** Requests, iterations or attempts per second. */
  perS: number | null;
  /** Errors among requests, or successes among the iterations of a flow or the attempts of a step. */
  hits: { of: 'errors' | 'successes'; count: number; trials: number } | null;
  histogram: Histogram | null;
  /** Period of a phase; null for other parts. */
  stretch: { startMs: number; endMs: number } | null;
}

type Column = (number | null)[];

export interface ExcerptWindows {
  startMs: number[];
  durationMs: number[];
  requests: number[];
  errors: number[];
  p50: Column;
  p95: Column;
  p99: Column;
  flows: Record<string, { iterations: number[]; succeeded: number[] }>;
}

/** Resources of the target while the load was running. */
export const COMPARED_RESOURCES = {
  memory: { title: 'memory', unit: 'bytes' },
  cpu: { title: 'CPU time per request', unit: 'ms' },
  poolConnections: { title: 'pool connections in use', unit: 'count' },
  databaseConnections: { title: 'PostgreSQL connections', unit: 'count' },
} as const;
export type ResourceName = keyof typeof COMPARED_RESOURCES;

export function excerptOf(evidence: Evidence & Pick<Result, 'ladder'>): Excerpt {
  const { run, fingerprint, windows, ladder } = evidence;
  return {
    id: run.id,
    startedAt: run.startedAt,
    fingerprint: fingerprint.parts,
    circumstances: circumstancesOf(evidence),
    ...(ladder && { ladder }),
    unknown: unknownOf(evidence),
    parts: partsOf(evidence),
    windows: {
      startMs: windows.startMs,
      durationMs: windows.durationMs,
      requests: windows.requests,
      errors: windows.errors,
      p50: windows.p50Ms,
      p95: windows.p95Ms,
      p99: windows.p99Ms,
      flows: Object.fromEntries(
        Object.entries(windows.flows).map(([name, { iterations, succeeded }]) => [name, { iterations, succeeded }]),
      ),
    },
    resources: resourcesOf(evidence),
  };
}

function unknownOf({ run, generators }: Evidence): string[] {
  if (run.partial) return ['k6 wrote no summary, so percentiles come from histograms'];
  return generators ? ['the load came from several generators, so percentiles come from merged histograms'] : [];
}

const GIB = 2 ** 30;

/** Prefix of circumstances that are labels of the run. */
export const LABEL_PREFIX = 'label ';

function circumstancesOf({ run, generators }: Evidence): Excerpt['circumstances'] {
  const { environment, labels, targetSettings = {}, commits, versions, host } = run;
  // Leave out the settings that the `ab` command has already stored as labels.
  const settings = Object.entries(targetSettings).filter(([name]) => labels[name] === undefined);
  return {
    environment,
    // Omit the URL of a local reference service, because its port is random.
    ...(environment === 'local' ? {} : { target: run.target }),
    ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [`${LABEL_PREFIX}${key}`, value])),
    ...Object.fromEntries(settings.map(([name, value]) => [`setting ${name}`, value])),
    commit: commits.suite ?? 'unknown',
    suite: versions.suite,
    k6: versions.k6 ?? 'unknown',
    ...(generators && { generators: String(generators.length) }),
    machine: `${host.platform}, ${host.cores} cores, ${(host.memoryBytes / GIB).toFixed(1)} GiB`,
  };
}

function partsOf({ run, totals, phases, endpoints, flows }: Evidence): ExcerptPart[] {
  const seconds = run.durationMs / 1000;
  const perS = (count: number) => (seconds > 0 ? count / seconds : null);
  const parts: ExcerptPart[] = [
    { ...requestPart('total', '', totals), perS: totals.throughputPerS },
    ...phases.map(
      (phase): ExcerptPart => ({
        ...requestPart('phase', phase.name, phase),
        perS: phase.throughputPerS,
        stretch: { startMs: phase.startMs, endMs: phase.endMs },
      }),
    ),
    ...endpoints.map((endpoint) => ({
      ...requestPart('endpoint', endpoint.name, endpoint),
      perS: perS(endpoint.requests),
    })),
    ...flows.map((flow) => ({ ...flowPart('flow', flow.name, flow), perS: perS(flow.iterations) })),
    ...flows.flatMap(({ name, steps }) => steps.map((step) => flowPart('step', `${name} › ${step.name}`, step))),
  ];
  return parts.filter(({ count }) => count !== 0);
}

const EMPTY = { perS: null, stretch: null } as const;

const requestPart = (
  scope: PartScope,
  name: string,
  { requests, errors, responseTimeMs }: Pick<Totals, 'requests' | 'errors' | 'responseTimeMs'>,
): ExcerptPart => ({
  ...EMPTY,
  scope,
  name,
  ...durationsOf(responseTimeMs),
  hits: { of: 'errors', count: errors, trials: requests },
});

function flowPart(scope: PartScope, name: string, figures: FlowFigures | StepFigures): ExcerptPart {
  const trials = 'iterations' in figures ? figures.iterations : figures.attempts;
  return {
    ...EMPTY,
    scope,
    name,
    ...durationsOf(figures.durationMs),
    hits: { of: 'successes', count: figures.succeeded, trials },
  };
}

const durationsOf = ({ count, p50, p95, p99, histogram }: Trend) => ({ count, p50, p95, p99, histogram });

type ResourceOf = (evidence: Evidence) => number | null;

/** Returns the samples of a probe while the load was running. */
function underLoad({ resources, run }: Evidence, probe: ProbeName, column: string): SamplePoint[] {
  return pointsOf(resources[probe], column).filter(({ atMs }) => atMs >= 0 && atMs <= run.durationMs);
}

const averageOf =
  (probe: ProbeName, column: string): ResourceOf =>
  (evidence) => {
    const points = underLoad(evidence, probe, column);
    return points.length === 0 ? null : mean(points.map(({ value }) => value));
  };

const MIN_COUNTER_SAMPLES = 2;

const cpuOfTarget: ResourceOf = (evidence) => {
  const points = underLoad(evidence, 'target', TARGET_COLUMNS.cpuSeconds);
  const { requests } = evidence.totals;
  return points.length < MIN_COUNTER_SAMPLES || requests === 0 ? null : (totalIncrease(points) * 1000) / requests;
};

const cpuOfProcess: ResourceOf = (evidence) => {
  const share = averageOf('process', PROCESS_COLUMNS.cpuShare)(evidence);
  const { run, totals } = evidence;
  return share === null || totals.requests === 0 ? null : (share * run.host.cores * run.durationMs) / totals.requests;
};

/** The probe columns from which each resource can be read, in order of preference. */
const SOURCES: Record<ResourceName, readonly ResourceOf[]> = {
  memory: [
    averageOf('target', TARGET_COLUMNS.residentBytes),
    averageOf('pm2', PM2_COLUMNS.residentBytes),
    averageOf('process', PROCESS_COLUMNS.residentBytes),
  ],
  cpu: [cpuOfTarget, cpuOfProcess],
  poolConnections: [averageOf('target', TARGET_COLUMNS.connectionsActive)],
  databaseConnections: [averageOf('postgresql', POSTGRESQL_COLUMNS.connections)],
};

function resourcesOf(evidence: Evidence): Excerpt['resources'] {
  return Object.fromEntries(
    Object.entries(SOURCES).map(([name, sources]) => [
      name,
      sources.map((source) => source(evidence)).find((value) => value !== null) ?? null,
    ]),
  ) as Excerpt['resources'];
}
