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

/** A rule that deducts points once, however often the problem occurred. */
interface DeductionRule {
  points: number;
  /** @returns a description of the problem, with numbers; false if there is none */
  findProblem(result: Result): string | false;
}

interface Scoring {
  /** @returns why the component cannot be scored; false if it can */
  missingData?(result: Result): string | false;
  rules: readonly DeductionRule[];
}

const noRequests = ({ totals }: Result) => totals.requests === 0 && 'no request was sent';

/** Returns the number of restarts, or null if no probe counted restarts for the whole run. */
const restartsIn = (result: Result) => restarts(result, { kind: 'restarts' }, {}).value;

/** Returns text such as `3 restarts under this load`, or false if the count is 0 or unknown. */
const countText = (times: number | null, noun: string, rest: string): string | false =>
  times !== null && times > 0 && `${pluralize(times, noun)} ${rest}`;

/** Returns a label followed by the titles of criteria or causes, or false if there are none. */
const titleList = (label: string, items: readonly { title: string }[]): string | false =>
  items.length > 0 && `${label}: ${items.map(({ title }) => title).join(', ')}`;

const increaseOf = (samples: Samples | undefined, counter: string) => totalIncrease(pointsOf(samples, counter));

/** Kinds of errors that an overloaded or unreachable target causes. */
const OVERLOAD_KINDS: readonly ErrorKind[] = [...NO_RESPONSE_KINDS, 'server-error'];

const errorsOf = ({ errors }: Result, kinds: readonly ErrorKind[]): number =>
  sumCounts(errors.filter(({ kind }) => kinds.includes(kind)));

const shareOf = (result: Result, kinds: readonly ErrorKind[]) => errorsOf(result, kinds) / result.totals.requests;

/** Points deducted for a share of the requests, by range. */
const DEDUCTIONS = [
  { points: 6, above: 0.05, upTo: 1 },
  { points: 4, above: 0.01, upTo: 0.05 },
  { points: 2, above: 0.001, upTo: 0.01 },
];

/** Creates one rule per range of the share. At most one rule applies. */
const shareRules = (problem: string, shareIn: (result: Result) => number): DeductionRule[] =>
  DEDUCTIONS.map(({ points, above, upTo }) => ({
    points,
    findProblem: (result) => {
      const share = shareIn(result);
      return share > above && share <= upTo && `${formatPercent(share)} of the requests ${problem}`;
    },
  }));

const RESPONSE_TIMES: readonly JudgedCriterion['kind'][] = [
  'request-percentile',
  'request-mean',
  'flow-percentile',
  'flow-mean',
  'duration-drift',
];

const responseTimeCriteria = ({ criteria }: Result) => criteria.filter(({ kind }) => RESPONSE_TIMES.includes(kind));

const failedResponseTimes = (result: Result, severity: JudgedCriterion['severity']) =>
  responseTimeCriteria(result).filter((criterion) => criterion.status === 'fail' && criterion.severity === severity);

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

/** Above this share of its session limit, the database has no room for another process of the target. */
const MAX_SESSION_SHARE = 0.9;
/**
 * The slowest response must have waited for something if it exceeds both limits: in ms, and as a multiple of the
 * p99.
 */
const OUTLIER_MS = 1000;
const OUTLIER_P99_FACTOR = 5;

const SCORING: Record<ComponentName, Scoring> = {
  'load-handling': {
    missingData: noRequests,
    rules: [
      { points: 8, findProblem: (result) => countText(restartsIn(result), 'restart', 'under this load') },
      { points: 2, findProblem: (result) => restartsIn(result) === null && 'restarts were not counted' },
      { points: 8, findProblem: ({ run }) => run.outcome !== 'completed' && OUTCOME_SENTENCES[run.outcome] },
      ...shareRules('failed because of overload', (result) => shareOf(result, OVERLOAD_KINDS)),
    ],
  },
  'response-times': {
    missingData: (result) =>
      noRequests(result) ||
      (responseTimeCriteria(result).every(isUndecided) && 'no criterion on response times passed or failed'),
    rules: [
      {
        points: 6,
        findProblem: (result) => titleList('failed critical criteria', failedResponseTimes(result, 'critical')),
      },
      {
        points: 2,
        findProblem: (result) => titleList('failed minor criteria', failedResponseTimes(result, 'minor')),
      },
      {
        points: 1,
        findProblem: (result) => titleList('undecided criteria', responseTimeCriteria(result).filter(isUndecided)),
      },
      {
        points: 2,
        findProblem: ({ totals: { responseTimeMs } }) =>
          responseTimeMs.max > OUTLIER_MS &&
          responseTimeMs.max > OUTLIER_P99_FACTOR * responseTimeMs.p99 &&
          `the slowest response took ${formatMs(responseTimeMs.max)}, far above the p99 of ${formatMs(responseTimeMs.p99)}`,
      },
    ],
  },
  'error-handling': {
    missingData: noRequests,
    rules: [
      ...shareRules('were errors', ({ totals }) => totals.errorRate),
      {
        points: 3,
        findProblem: (result) => countText(errorsOf(result, NO_RESPONSE_KINDS), 'request', 'without a response'),
      },
      {
        points: 2,
        findProblem: ({ errors }) => {
          const unexplained = errors.filter(({ kind, reason }) => kind === 'server-error' && reason === kind);
          return countText(sumCounts(unexplained), 'server error', 'without a reason in the response');
        },
      },
    ],
  },
  monitoring: {
    rules: [
      { points: 4, findProblem: ({ resources }) => !resources.target && 'the target exposed no metrics' },
      {
        points: 2,
        findProblem: ({ resources }) => !resources.postgresql && 'the database was not monitored',
      },
      {
        points: 2,
        findProblem: ({ resources }) => !resources.pm2 && !resources.process && 'no process was monitored',
      },
      {
        points: 2,
        findProblem: (result) =>
          restartsIn(result) === null && 'restarts were counted for only a part of the run, or not at all',
      },
      {
        points: 2,
        findProblem: (result) => {
          const samples = pointsOf(result.resources.target, TARGET_COLUMNS.cpuSeconds);
          const silentMs = sum(silentPeriods(result, samples).map(({ fromMs, toMs }) => toMs - fromMs));
          return silentMs > 0 && `the target's metrics endpoint did not respond for ${formatDuration(silentMs)}`;
        },
      },
    ],
  },
  configuration: {
    missingData: ({ details }) =>
      !details.configuration && 'the target did not report which of its required variables are set',
    rules: [
      {
        points: 7,
        findProblem: ({ details: { configuration } }) =>
          !!configuration &&
          configuration.missing.length > 0 &&
          `required variables not set: ${configuration.missing.join(', ')}`,
      },
      {
        points: 3,
        findProblem: (result) =>
          countText(errorsOf(result, ['authentication']), 'request', 'refused despite valid credentials'),
      },
      {
        points: 3,
        findProblem: (result) =>
          countText(
            errorsOf(result, ['not-found']),
            'request',
            'for routes or records that should exist, but were not found',
          ),
      },
      {
        points: 3,
        findProblem: ({ diagnosis }) =>
          titleList(
            'diagnosed causes that a configuration change fixes',
            diagnosis.filter(({ fixable }) => fixable),
          ),
      },
    ],
  },
  database: {
    missingData: (result) =>
      poolOf(result).length === 0 &&
      sessionsOf(result).length === 0 &&
      "neither the target's connections nor its database were monitored",
    rules: [
      {
        points: 6,
        findProblem: ({ resources: { target } }) =>
          countText(
            increaseOf(target, TARGET_COLUMNS.connectionTimeouts),
            'request',
            'timed out waiting for a connection',
          ),
      },
      {
        points: 4,
        findProblem: ({ diagnosis }) =>
          titleList(
            'diagnosed causes',
            diagnosis.filter(({ cause }) => DATABASE_CAUSES.includes(cause)),
          ),
      },
      {
        points: 2,
        findProblem: (result) => {
          const full = poolOf(result).find((row) => row.connectionsActive >= row.connectionsMax);
          return (
            full !== undefined && `all ${pluralize(full.connectionsMax, 'connection')} were in use at the same time`
          );
        },
      },
      {
        points: 3,
        findProblem: (result) => {
          const full = sessionsOf(result).find((row) => row.connections >= MAX_SESSION_SHARE * row.maxConnections);
          return full !== undefined && `${full.connections} of ${full.maxConnections} database sessions were in use`;
        },
      },
      {
        points: 3,
        findProblem: ({ resources: { postgresql } }) => {
          const deadlocks = increaseOf(postgresql, POSTGRESQL_COLUMNS.deadlocks);
          return deadlocks > 0 && pluralize(deadlocks, 'deadlock');
        },
      },
    ],
  },
};

/** Assesses whether the system is ready for production, using only the result of a run. */
export function assessReadiness(result: Result): Readiness {
  const components = READINESS_COMPONENTS.map((component) => scored(component, result));
  const total = sum(components.map(({ score }) => score ?? 0));
  const outOf = READINESS_COMPONENTS.length * MAX_COMPONENT_SCORE;
  const reasons = [
    ...(total < MIN_READY_SHARE * outOf
      ? [`${total} of ${outOf} points, but ${MIN_READY_SHARE * outOf} are required`]
      : []),
    ...components.flatMap(({ component, score }) => {
      const name = component.replace('-', ' ');
      if (score === null) return [`${name}: no data`];
      return score < MIN_READY_SCORE
        ? [`${name}: ${score} of ${MAX_COMPONENT_SCORE} points, but ${MIN_READY_SCORE} are required`]
        : [];
    }),
    ...result.criteria
      .filter(({ severity, status }) => severity === 'critical' && status !== 'pass')
      .map(({ title, status }) => `${title}: ${status}`),
    ...(result.verdict.decision === 'INVALID' ? ['the run is INVALID, so its measurements cannot be trusted'] : []),
  ];
  return { ready: reasons.length === 0, total, outOf, components, reasons };
}

function scored(component: ComponentName, result: Result): ScoredComponent {
  const { missingData, rules } = SCORING[component];
  const missing = missingData?.(result);
  if (missing) return { component, score: null, findings: [{ text: missing, points: 0 }] };
  const findings = rules.flatMap(({ points, findProblem }) => {
    const text = findProblem(result);
    return text === false ? [] : [{ text, points }];
  });
  const deducted = sum(findings.map(({ points }) => points));
  return { component, score: Math.max(0, MAX_COMPONENT_SCORE - deducted), findings };
}
