import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PM2_COLUMNS, type Run, TARGET_COLUMNS } from '../evidence/index.ts';
import { withAssessments } from '../judging/index.ts';
import { evenWindows, phaseFigures, repeat, resultOf, samplesOf } from '../testing/evidence.ts';
import { LADDER_PHASES, LADDER_USERS, ladderRun, postgresqlDetails, SAMPLE_TIMES } from '../testing/ladder.ts';
import type { ComparisonOutcome } from './compared-figures.ts';
import { compare } from './comparison.ts';
import { type Excerpt, excerptOf } from './excerpt.ts';

interface DeploymentSpec {
  labels?: Run['labels'];
  environment?: Run['environment'];
  processes?: number;
  /** Share of successful responses with 50, 100 and 200 users. */
  success?: readonly number[];
  /** p95 in ms with 50, 100 and 200 users. */
  p95?: readonly number[];
  /** Cores used with 50, 100 and 200 users. */
  cores?: readonly number[];
  /** CPU use of each PM2 process, as a fraction of a core. */
  shares?: readonly number[];
  lagS?: number;
  waiting?: number;
  maxConnections?: number;
  /** Requests with 50 users. More users send proportionally more. */
  requests?: number;
}

const WINDOW_MS = 5000;

/** Index of the rung at a time. A ramp belongs to the rung that it leads to. */
const rungAt = (ms: number) => Math.min(2, Math.floor(ms / 70_000));

/** An excerpt of a ladder run against a deployment. */
function deployed({
  labels = {},
  environment = 'local',
  processes = 1,
  success = [1, 1, 1],
  p95 = [90, 90, 90],
  cores = [0.4, 0.5, 0.6],
  shares = [],
  lagS = 0.01,
  waiting = 0,
  maxConnections = 150,
  requests = 3000,
}: DeploymentSpec = {}): Excerpt {
  const valueAt = (values: readonly number[], ms: number) => values[rungAt(ms)] as number;
  const requestsAt = (ms: number) => (requests * valueAt(LADDER_USERS, ms)) / valueAt(LADDER_USERS, 0);
  const figures = LADDER_PHASES.map((phase) =>
    phaseFigures(phase, {
      values: repeat(requestsAt(phase.startMs), valueAt(p95, phase.startMs)),
      errors: Math.round((1 - valueAt(success, phase.startMs)) * requestsAt(phase.startMs)),
    }),
  );
  const windows = SAMPLE_TIMES.length - 1;
  const inWindows = SAMPLE_TIMES.slice(0, windows).map((ms) => requestsAt(ms) / 12);
  const errors = inWindows.map((count, i) => Math.round((1 - valueAt(success, SAMPLE_TIMES[i] as number)) * count));
  const used = SAMPLE_TIMES.map((ms) =>
    SAMPLE_TIMES.filter((at) => at < ms).reduce((sum, at) => sum + 5 * valueAt(cores, at), 0),
  );
  const evidence = ladderRun({
    phases: figures,
    run: { labels, environment },
    windows: evenWindows(windows, WINDOW_MS, {
      requests: inWindows,
      errors,
      errorsByKind: { 'server-error': errors },
      p50Ms: SAMPLE_TIMES.slice(0, windows).map((ms) => valueAt(p95, ms)),
      p95Ms: SAMPLE_TIMES.slice(0, windows).map((ms) => valueAt(p95, ms)),
      p99Ms: SAMPLE_TIMES.slice(0, windows).map((ms) => valueAt(p95, ms)),
    }),
    errors: errors.some((count) => count > 0)
      ? [{ kind: 'server-error', code: '503', reason: 'overloaded', endpoint: 'GET /', count: 1, share: 1 }]
      : [],
    details: {
      postgresql: postgresqlDetails(maxConnections),
    },
    resources: {
      target: samplesOf(SAMPLE_TIMES, {
        [TARGET_COLUMNS.cpuSeconds]: (ms) => used[SAMPLE_TIMES.indexOf(ms)] as number,
        [TARGET_COLUMNS.eventLoopLagP99Seconds]: () => lagS,
        [TARGET_COLUMNS.connectionsMax]: () => 20 * processes,
        [TARGET_COLUMNS.connectionsActive]: () => (waiting > 0 ? 20 * processes : 3),
        [TARGET_COLUMNS.connectionsWaiting]: () => waiting,
      }),
      pm2: samplesOf(SAMPLE_TIMES, {
        [PM2_COLUMNS.online]: () => processes,
        ...Object.fromEntries(shares.map((share, i) => [`api-${i}.${PM2_COLUMNS.cpuShare}`, () => share])),
      }),
    },
  });
  return { ...excerptOf(withAssessments(evidence)), id: Object.values(labels).join() || 'plain' };
}

const single: DeploymentSpec = {
  labels: { mode: 'single' },
  success: [1, 0.6, 0.3],
  p95: [90, 200, 200],
  cores: [0.7, 0.98, 0.98],
  lagS: 0.4,
};
const cluster: DeploymentSpec = {
  labels: { mode: 'cluster' },
  processes: 2,
  cores: [0.7, 1.4, 1.5],
  p95: [90, 200, 300],
};
const small: DeploymentSpec = {
  labels: { instance: 't3.small', cores: '1' },
  environment: 'staging',
  success: [1, 0.54, 0.5],
  p95: [92, 5800, 5800],
  cores: [0.6, 0.98, 0.98],
};
const medium: DeploymentSpec = {
  ...small,
  labels: { instance: 't3.medium', cores: '2' },
  success: [1, 0.445, 0.4],
  p95: [92, 8400, 8400],
};

const compared = (reference: DeploymentSpec | DeploymentSpec[], candidate: DeploymentSpec | DeploymentSpec[]) =>
  compare([reference].flat().map(deployed), [candidate].flat().map(deployed));

interface Case {
  title: string;
  reference: DeploymentSpec;
  candidate: DeploymentSpec;
  outcome: ComparisonOutcome;
  /** Expected outcome of the candidate at each rung. */
  rungs: ComparisonOutcome[];
  better?: string;
  users?: number[];
  /** Expected reasons, in order. */
  reasons?: RegExp[];
}

const CASES: Case[] = [
  {
    title: 'one deployment has one of two cores busy and a cluster uses both',
    reference: single,
    candidate: cluster,
    outcome: 'better',
    rungs: ['same', 'better', 'better'],
    better: 'mode=cluster',
    users: [100, 200],
    reasons: [
      /^mode=single has one of 2 cores busy; mode=cluster used 1\.40 cores with 2 processes\. 1 process cannot use more, which leaves 1 of 2 unused: add processes, not a bigger machine$/,
      /^the event loop of mode=single lags by 400 ms \(p99\), that of mode=cluster by 10\.0 ms$/,
      /^failed requests with mode=single and with mode=cluster: server-error \(503 overloaded\) 40\.0 % and 0 %$/,
      /^maximum successful responses per second, .* with mode=single, .* with mode=cluster$/,
    ],
  },
  {
    title: 'the reference is the better of the two',
    reference: cluster,
    candidate: single,
    outcome: 'worse',
    rungs: ['same', 'worse', 'worse'],
    better: 'mode=cluster',
    users: [100, 200],
    reasons: [/^mode=single has one of 2 cores busy/, /event loop/, /503/, /maximum successful responses/],
  },
  {
    title: 'the candidate has a bigger machine but only one of two cores busy',
    reference: small,
    candidate: medium,
    outcome: 'worse',
    rungs: ['same', 'worse', 'worse'],
    better: 'instance=t3.small, cores=1',
    users: [100, 200],
    reasons: [
      /^worse despite a bigger machine: instance=t3\.medium, cores=2 has one of 2 cores busy, and so has instance=t3\.small, cores=1 \(the only core busy\)\. 1 process cannot use more, which leaves 1 of 2 unused: add processes, not a bigger machine$/,
      /503/,
      /maximum successful responses/,
    ],
  },
  {
    title: 'one of two processes does all the work',
    reference: cluster,
    candidate: { ...single, labels: { mode: 'uneven' }, processes: 2, shares: [0.97, 0.02] },
    outcome: 'worse',
    rungs: ['same', 'worse', 'worse'],
    better: 'mode=cluster',
    users: [100, 200],
    reasons: [/one of 2 cores busy; .* Its load is not balanced: only 1 of 2 processes fully busy$/, /./, /./, /./],
  },
  {
    title: 'the pool is too small',
    reference: { labels: { pool: '20' }, p95: [90, 900, 900], waiting: 30 },
    candidate: { labels: { pool: '50' } },
    outcome: 'better',
    rungs: ['same', 'better', 'better'],
    better: 'pool=50',
    users: [100, 200],
    reasons: [
      /^20 of the 20 connections of pool=20 are in use, and 30 requests or jobs wait for one; with pool=50, 3 of 20 are in use, and 0 wait$/,
    ],
  },
  {
    title: 'the pools exceed the connection limit of the database',
    reference: { labels: { mode: 'four' }, processes: 4, success: [1, 1, 0.8], maxConnections: 60 },
    candidate: { labels: { mode: 'two' }, processes: 2, maxConnections: 60 },
    outcome: 'better',
    rungs: ['same', 'same', 'better'],
    better: 'mode=two',
    users: [200],
    reasons: [
      /^mode=four may open 4 × 20 = 80 connections, but the database allows 60, with 10 reserved$/,
      /503/,
      /maximum successful responses/,
    ],
  },
  {
    title: 'the candidate is worse with few users and better with many',
    reference: { labels: { v: '1' }, p95: [90, 90, 300] },
    candidate: { labels: { v: '2' }, p95: [150, 90, 90] },
    outcome: 'worse',
    rungs: ['worse', 'same', 'better'],
    better: 'v=1',
    users: [50],
    reasons: [],
  },
  {
    title: 'the deployments are the same',
    reference: { labels: { v: '1' } },
    candidate: { labels: { v: '2' } },
    outcome: 'same',
    rungs: ['same', 'same', 'same'],
  },
  {
    title: 'there are too few requests',
    reference: { labels: { v: '1' }, requests: 12 },
    candidate: { labels: { v: '2' }, requests: 12 },
    outcome: "can't tell",
    rungs: ["can't tell", "can't tell", "can't tell"],
  },
];

describe('a ladder comparison', () => {
  for (const { title, reference, candidate, outcome, rungs, better, users, reasons: expectedReasons } of CASES)
    test(`a ladder comparison is "${outcome}" if ${title}`, () => {
      const comparison = compared(reference, candidate);
      const { ladder } = comparison;
      assert.ok(ladder);
      assert.deepEqual(
        ladder.rungs.map((pair) => pair.outcome),
        rungs,
      );
      assert.equal(ladder.outcome, outcome);
      const [finding] = ladder.findings;
      if (finding) assert.equal(comparison.outcome, outcome);
      assert.equal(finding?.better.name, better);
      assert.deepEqual(finding?.users, users);
      const reasons = finding?.reasons.map(({ text }) => text) ?? [];
      assert.equal(reasons.length, expectedReasons?.length ?? 0, reasons.join('\n'));
      for (const [i, text] of reasons.entries()) assert.match(text, expectedReasons?.[i] as RegExp);
    });

  test('a ladder comparison puts errors before durations, so fast rejections do not win', () => {
    const [, pair] = compared(single, cluster).ladder?.rungs ?? [];
    assert.equal(pair?.by?.figure, 'errorRate');
    const { because } = compared({ ...single, p95: [90, 20, 20] }, cluster);
    assert.deepEqual(
      because.map(({ figure }) => figure),
      ['errorRate', 'errorRate'],
    );
  });

  test('a ladder comparison uses the means of several runs per side', () => {
    const lessBusy = { ...single, cores: [0.7, 0.94, 0.94] };
    const { ladder } = compared([single, lessBusy], [cluster, cluster]);
    assert.equal(ladder?.reference.rungs[1]?.cores?.toFixed(2), '0.96');
    assert.equal(ladder?.reference.rungs[1]?.issue, 'one of 2 cores busy');
    assert.equal(ladder?.findings[0]?.better.name, 'mode=cluster');
  });

  test('a ladder comparison prefers the specific issue of a run to the general issue that requests fail', () => {
    const idle = { ...single, cores: [0.4, 0.4, 0.4] };
    const issueOf = (...runs: DeploymentSpec[]) => compared(runs, [cluster]).ladder?.reference.rungs[1]?.issue;
    assert.equal(issueOf(idle, idle), 'requests fail');
    assert.equal(issueOf(idle, single), 'one of 2 cores busy');
  });

  test('a ladder comparison names the deployments reference and candidate if no label differs', () => {
    const { ladder } = compared({ success: [1, 0.5, 0.5] }, {});
    assert.deepEqual([ladder?.reference.name, ladder?.candidate.name], ['reference', 'candidate']);
  });

  test('a ladder comparison is null unless all runs are ladders', () => {
    const plain = resultOf();
    assert.equal(compare([excerptOf(plain)], [excerptOf(plain)]).ladder, null);
    assert.equal(compare([deployed(single)], [excerptOf(plain)]).ladder, null);
  });

  test('a ladder comparison has its rungs sorted by users', () => {
    assert.deepEqual(
      compared(single, cluster).ladder?.rungs.map(({ users }) => users),
      LADDER_USERS,
    );
  });
});
