import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../../numbers/index.ts';
import { repeat } from '../../testing/evidence.ts';
import { flowRecord, nightlyRecord } from '../../testing/history.ts';
import { figureHistory } from './changes.ts';
import type { HistoryRecord } from './record.ts';
import { flowSuccessFigure, trackedFigures } from './tracked-figures.ts';

const random = seededRandom(11);
const about = (value: number, spread: number) => Math.round(value + spread * (2 * random() - 1));

const nights = (count: number, partsOf: (night: number) => Parameters<typeof nightlyRecord>[1]): HistoryRecord[] =>
  repeat(count, 0).map((_, i) => nightlyRecord(i + 1, partsOf(i + 1)));

/** Creates records of nights with 2,800 orders each. From night 21 on, more orders fail in the step `pay`. */
const withDrop = nights(30, (night) => ({
  run: {
    commits: { suite: `c${night}`, tests: null, service: null },
    labels: { night: String(night), instance: 't3.medium', release: night > 20 ? '2.5' : '2.4' },
  },
  flows: [
    flowRecord(2800, {
      fill: about(20, 8),
      pay: about(night > 20 ? 120 : 45, 12),
      ship: about(20, 8),
    }),
  ],
}));

describe('a drop of a success rate', () => {
  const { changes, segments, points } = figureHistory(flowSuccessFigure('order'), withDrop);
  const [change] = changes;

  test('a drop of a success rate is reported with the levels before and after the drop', () => {
    assert.equal(changes.length, 1);
    assert.deepEqual(
      segments.map(({ from, to }) => [from, to]),
      [
        [0, 20],
        [20, 30],
      ],
    );
    assert.ok(Math.abs((change?.from ?? 0) - 0.9696) < 0.002);
    assert.ok(Math.abs((change?.to ?? 0) - 0.9429) < 0.002);
    assert.equal(change?.isWorse, true);
    assert.equal(points.length, 30);
  });

  test('a drop of a success rate has the commits of the last run before and the first run after the drop', () => {
    assert.deepEqual([change?.before.run.commits.suite, change?.after.run.commits.suite], ['c20', 'c21']);
  });

  test('a drop of a success rate is explained by the step and the failure reason that changed', () => {
    assert.deepEqual(
      change?.explanation?.steps.map(({ step }) => step),
      ['pay'],
    );
    const [step] = change?.explanation?.steps ?? [];
    assert.ok(Math.abs((step?.from ?? 0) - 0.984) < 0.002);
    assert.ok(Math.abs((step?.to ?? 0) - 0.957) < 0.002);
    assert.ok((step?.share ?? 0) > 0.85 && (step?.share ?? 2) < 1.15);
    assert.deepEqual(
      change?.explanation?.reasons.map(({ reason }) => reason),
      ['pay: refused'],
    );
  });

  test('a drop of a success rate has the label that changed at the drop, but no label that changes every night', () => {
    assert.deepEqual(change?.alteredSettings, [{ what: 'label release', from: '2.4', to: '2.5' }]);
  });
});

test('a drop with several causes is explained by every step above the minimum share, the largest first', () => {
  const records = nights(40, (night) => ({
    flows: [
      flowRecord(2800, {
        fill: about(20, 5),
        pay: about(night > 20 ? 90 : 40, 8),
        ship: about(night > 20 ? 60 : 30, 8),
      }),
    ],
  }));
  const [change] = figureHistory(flowSuccessFigure('order'), records).changes;
  assert.deepEqual(
    change?.explanation?.steps.map(({ step }) => step),
    ['pay', 'ship'],
  );
});

test('a step without observed attempts does not explain a drop', () => {
  const records = nights(30, (night) => {
    const flow = flowRecord(2800, { pay: night > 20 ? 180 : about(80, 10), ship: 5 });
    const steps = flow.steps.map((step) => (step.name === 'pay' ? { ...step, attempts: 0, succeeded: 0 } : step));
    return { flows: [{ ...flow, steps }] };
  });
  const [change] = figureHistory(flowSuccessFigure('order'), records).changes;
  assert.deepEqual(change?.explanation?.steps, []);
  assert.equal(change?.explanation?.reasons[0]?.reason, 'pay: refused');
});

describe('figureHistory', () => {
  const figure = (id: string, records: HistoryRecord[]) => {
    const tracked = trackedFigures(records).find((candidate) => candidate.id === id);
    assert.ok(tracked);
    return figureHistory(tracked, records);
  };
  const p95 = (level: (night: number) => number) =>
    nights(40, (night) => ({
      totals: {
        requests: 1000,
        errors: 0,
        throughputPerS: 10,
        responseTimeMs: { p50: 50, p95: level(night) + about(0, 3), p99: 300 },
        durationMs: null,
      },
    }));

  const ofP95 = (level: (night: number) => number) => figure('p95', p95(level));

  test('figureHistory marks an improvement as not worse and without an explanation', () => {
    const [change] = ofP95((night) => (night > 20 ? 100 : 200)).changes;
    assert.deepEqual([change?.index, change?.isWorse, change?.explanation], [20, false, null]);
  });

  test('figureHistory ignores a change below the floor and keeps one segment', () => {
    const { changes, segments } = ofP95((night) => (night > 20 ? 200 : 190));
    assert.deepEqual(changes, []);
    assert.deepEqual(
      segments.map(({ from, to }) => [from, to]),
      [[0, 40]],
    );
  });

  test('figureHistory ignores a change of memory growth below 20 MB per hour', () => {
    const growth = (mb: number) =>
      nights(40, (night) => ({
        memory: {
          bytesPerHour: (night > 20 ? mb : 1) * 1024 ** 2 + about(0, 1000),
          low: 0,
          high: 50 * 1024 ** 2,
        },
      }));
    assert.equal(figure('memory', growth(15)).changes.length, 0);
    assert.deepEqual(
      figure('memory', growth(40)).changes.map(({ index }) => index),
      [20],
    );
  });

  test('figureHistory reports the fingerprint part that changed', () => {
    const records = p95((night) => (night > 20 ? 300 : 200)).map((record, i) => ({
      ...record,
      fingerprint: {
        ...record.fingerprint,
        parts: { ...record.fingerprint.parts, workload: i < 20 ? 'old' : 'new' },
      },
    }));
    assert.deepEqual(figure('p95', records).changes[0]?.alteredSettings, [
      { what: 'workload of the fingerprint', from: 'old', to: 'new' },
    ]);
  });
});

test('the history does not track memory growth with a wide confidence interval', () => {
  const records = nights(3, () => ({ memory: { bytesPerHour: 1e6, low: -(2 ** 30), high: 2 ** 30 } }));
  assert.deepEqual(
    trackedFigures(records).map(({ id }) => id),
    ['p95', 'errors'],
  );
});

test('trackedFigures leaves out figures that no run has', () => {
  assert.deepEqual(
    trackedFigures(nights(3, () => ({}))).map(({ id }) => id),
    ['p95', 'errors'],
  );
  assert.deepEqual(
    trackedFigures(withDrop).map(({ id }) => id),
    ['success-order', 'p95', 'errors'],
  );
});
