import {
  type Cause,
  type ComponentName,
  completeRows,
  type JudgedCriterion,
  MAX_COMPONENT_SCORE,
  MIN_READY_SCORE,
  MIN_READY_SHARE,
  POSTGRESQL_COLUMNS,
  pointsOf,
  READINESS_COMPONENTS,
  type Readiness,
  type Result,
  type Samples,
  type ScoredComponent,
  TARGET_COLUMNS,
  totalIncrease,
} from '../evidence/index.ts';
import { type ErrorKind, NO_RESPONSE_KINDS } from '../metrics/index.ts';
import { formatDuration, formatMs, formatPercent, pluralize, sum } from '../numbers/index.ts';
import { sumCounts } from './diagnosis/flow-failures.ts';
import { silentPeriods } from './diagnosis/periods.ts';
import { restarts } from './measures/resources.ts';
import { OUTCOME_SENTENCES } from './validity.ts';

/** Something that costs points, once, however often it was found. */
interface Rule {
  points: number;
  /** @returns what was found, in numbers; nothing where it was not */
  finds(result: Result): string | false;
}

interface Scoring {
  /** @returns why it cannot be scored at all; nothing where it can */
  lacks?(result: Result): string | false;
  rules: readonly Rule[];
}

const nothingSent = ({ totals }: Result) => totals.requests === 0 && 'no request was sent';

/** Null where nobody counted them from the beginning to the end. */
const restartsIn = (result: Result) => restarts(result, { kind: 'restarts' }, {}).value;

/** What was counted, where there is any of it. */
const counted = (times: number | null, what: string, found: string): string | false =>
  times !== null && times > 0 && `${pluralize(times, what)} ${found}`;

/** Criteria or causes by their titles, where there are any. */
const titled = (what: string, those: readonly { title: string }[]): string | false =>
  those.length > 0 && `${what}: ${those.map(({ title }) => title).join(', ')}`;

const risesIn = (samples: Samples | undefined, counter: string) => totalIncrease(pointsOf(samples, counter));

/** How a target that is overloaded or gone answers, if it does. */
const OVERLOAD: readonly ErrorKind[] = [...NO_RESPONSE_KINDS, 'server-error'];

const errorsOf = ({ errors }: Result, kinds: readonly ErrorKind[]): number =>
  sumCounts(errors.filter(({ kind }) => kinds.includes(kind)));

const shareOf = (result: Result, kinds: readonly ErrorKind[]) =>
  errorsOf(result, kinds) / result.totals.requests;

/** What a share of the requests costs, by how large it is: from above one limit up to another. */
const COSTS = [
  { points: 6, above: 0.05, upTo: 1 },
  { points: 4, above: 0.01, upTo: 0.05 },
  { points: 2, above: 0.001, upTo: 0.01 },
];

/** Rules of which one applies. */
const byShare = (what: string, shareIn: (result: Result) => number): Rule[] =>
  COSTS.map(({ points, above, upTo }) => ({
    points,
    finds: (result) => {
      const share = shareIn(result);
      return share > above && share <= upTo && `${formatPercent(share)} of the requests ${what}`;
    },
  }));

const RESPONSE_TIMES: readonly JudgedCriterion['kind'][] = [
  'request-percentile',
  'request-mean',
  'flow-percentile',
  'flow-mean',
  'duration-drift',
];

const onResponseTimes = ({ criteria }: Result) =>
  criteria.filter(({ kind }) => RESPONSE_TIMES.includes(kind));

const tooSlow = (result: Result, severity: JudgedCriterion['severity']) =>
  onResponseTimes(result).filter((one) => one.status === 'fail' && one.severity === severity);

const isUndecided = ({ status }: JudgedCriterion) => status === 'inconclusive' || status === 'no data';

const DATABASE_CAUSES: readonly Cause[] = [
  'database-unavailable',
  'database-lock',
  'database-pool-exhausted',
  'connection-leak',
];

const poolOf = ({ resources: { target } }: Result) =>
  completeRows(target, TARGET_COLUMNS.connectionsActive, TARGET_COLUMNS.connectionsMax);

const sessionsOf = ({ resources: { postgresql } }: Result) =>
  completeRows(postgresql, POSTGRESQL_COLUMNS.connections, POSTGRESQL_COLUMNS.maxConnections);

/** More than this of the database's own limit on its sessions leaves no room for another process. */
const FULL = 0.9;
/** A longest answer of this length, in ms, and so many times the p99, is one that waited for something. */
const LONG_MS = 1000;
const FAR_ABOVE_P99 = 5;

const SCORING: Record<ComponentName, Scoring> = {
  'load-handling': {
    lacks: nothingSent,
    rules: [
      { points: 8, finds: (result) => counted(restartsIn(result), 'restart', 'under this load') },
      { points: 2, finds: (result) => restartsIn(result) === null && 'nobody counted the restarts' },
      { points: 8, finds: ({ run }) => run.outcome !== 'completed' && OUTCOME_SENTENCES[run.outcome] },
      ...byShare('failed by overload', (result) => shareOf(result, OVERLOAD)),
    ],
  },
  'response-times': {
    lacks: (result) =>
      nothingSent(result) ||
      (onResponseTimes(result).every(isUndecided) && 'no criterion on response times was decided'),
    rules: [
      { points: 6, finds: (result) => titled('criteria that fail', tooSlow(result, 'critical')) },
      { points: 2, finds: (result) => titled('minor criteria that fail', tooSlow(result, 'minor')) },
      {
        points: 1,
        finds: (result) => titled('criteria without a decision', onResponseTimes(result).filter(isUndecided)),
      },
      {
        points: 2,
        finds: ({ totals: { durationMs } }) =>
          durationMs.max > LONG_MS &&
          durationMs.max > FAR_ABOVE_P99 * durationMs.p99 &&
          `the longest answer took ${formatMs(durationMs.max)}, far above the p99 of ${formatMs(durationMs.p99)}`,
      },
    ],
  },
  'error-handling': {
    lacks: nothingSent,
    rules: [
      ...byShare('were errors', ({ totals }) => totals.errorRate),
      {
        points: 3,
        finds: (result) => counted(errorsOf(result, NO_RESPONSE_KINDS), 'request', 'without an answer'),
      },
      {
        points: 2,
        finds: ({ errors }) => {
          const silent = errors.filter(({ kind, reason }) => kind === 'server-error' && reason === kind);
          return counted(sumCounts(silent), 'server error', 'that did not say what was wrong');
        },
      },
    ],
  },
  monitoring: {
    rules: [
      { points: 4, finds: ({ resources }) => !resources.target && 'the target offered no metrics' },
      {
        points: 2,
        finds: ({ resources }) => !resources.postgresql && 'the database was not watched from within',
      },
      {
        points: 2,
        finds: ({ resources }) => !resources.pm2 && !resources.process && 'no process was watched',
      },
      {
        points: 2,
        finds: (result) =>
          restartsIn(result) === null && 'restarts were not counted from the beginning to the end',
      },
      {
        points: 2,
        finds: (result) => {
          const samples = pointsOf(result.resources.target, TARGET_COLUMNS.cpuSeconds);
          const silentMs = sum(silentPeriods(result, samples).map(({ fromMs, toMs }) => toMs - fromMs));
          return silentMs > 0 && `the metrics of the target did not answer for ${formatDuration(silentMs)}`;
        },
      },
    ],
  },
  configuration: {
    lacks: ({ details }) =>
      !details.configuration && 'the target was not asked which of its required variables are set',
    rules: [
      {
        points: 7,
        finds: ({ details: { configuration } }) =>
          !!configuration &&
          configuration.missing.length > 0 &&
          `required variables that are not set: ${configuration.missing.join(', ')}`,
      },
      {
        points: 3,
        finds: (result) =>
          counted(
            errorsOf(result, ['authentication']),
            'request',
            'whose credentials should have been taken',
          ),
      },
      {
        points: 3,
        finds: (result) =>
          counted(errorsOf(result, ['not-found']), 'request', 'to what should be there and is not'),
      },
      {
        points: 3,
        finds: ({ diagnosis }) =>
          titled(
            'diagnosed, and mended by configuration',
            diagnosis.filter(({ fixable }) => fixable),
          ),
      },
    ],
  },
  database: {
    lacks: (result) =>
      poolOf(result).length === 0 &&
      sessionsOf(result).length === 0 &&
      'neither the connections of the target nor its database were watched',
    rules: [
      {
        points: 6,
        finds: ({ resources: { target } }) =>
          counted(risesIn(target, TARGET_COLUMNS.connectionTimeouts), 'request', 'got no connection in time'),
      },
      {
        points: 4,
        finds: ({ diagnosis }) =>
          titled(
            'diagnosed',
            diagnosis.filter(({ cause }) => DATABASE_CAUSES.includes(cause)),
          ),
      },
      {
        points: 2,
        finds: (result) => {
          const full = poolOf(result).find((one) => one.connectionsActive >= one.connectionsMax);
          return (
            full !== undefined && `all ${pluralize(full.connectionsMax, 'connection')} were in use at once`
          );
        },
      },
      {
        points: 3,
        finds: (result) => {
          const full = sessionsOf(result).find((one) => one.connections >= FULL * one.maxConnections);
          return (
            full !== undefined && `${full.connections} of ${full.maxConnections} sessions of the database`
          );
        },
      },
      {
        points: 3,
        finds: ({ resources: { postgresql } }) => {
          const deadlocks = risesIn(postgresql, POSTGRESQL_COLUMNS.deadlocks);
          return deadlocks > 0 && pluralize(deadlocks, 'deadlock');
        },
      },
    ],
  },
};

/** Whether what was measured speaks for taking a system into production. It reads the result alone. */
export function assessReadiness(result: Result): Readiness {
  const components = READINESS_COMPONENTS.map((component) => scored(component, result));
  const total = sum(components.map(({ score }) => score ?? 0));
  const outOf = READINESS_COMPONENTS.length * MAX_COMPONENT_SCORE;
  const reasons = [
    ...(total < MIN_READY_SHARE * outOf
      ? [`${total} of ${outOf} points; it takes ${MIN_READY_SHARE * outOf}`]
      : []),
    ...components.flatMap(({ component, score }) => {
      const name = component.replace('-', ' ');
      if (score === null) return [`${name}: no data`];
      return score < MIN_READY_SCORE
        ? [`${name}: ${score} of ${MAX_COMPONENT_SCORE}; it takes ${MIN_READY_SCORE}`]
        : [];
    }),
    ...result.criteria
      .filter(({ severity, status }) => severity === 'critical' && status !== 'pass')
      .map(({ title, status }) => `${title}: ${status}`),
    ...(result.verdict.decision === 'INVALID' ? ['the run is INVALID: it can show nothing'] : []),
  ];
  return { ready: reasons.length === 0, total, outOf, components, reasons };
}

function scored(component: ComponentName, result: Result): ScoredComponent {
  const { lacks, rules } = SCORING[component];
  const lacking = lacks?.(result);
  if (lacking) return { component, score: null, findings: [{ text: lacking, points: 0 }] };
  const findings = rules.flatMap(({ points, finds }) => {
    const text = finds(result);
    return text === false ? [] : [{ text, points }];
  });
  const lost = sum(findings.map(({ points }) => points));
  return { component, score: Math.max(0, MAX_COMPONENT_SCORE - lost), findings };
}
