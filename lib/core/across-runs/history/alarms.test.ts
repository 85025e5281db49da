import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../../numbers/index.ts';
import { DAY_MS, flowRecord, nightlyRecord, nightStartMs } from '../../testing/history.ts';
import { type Alarm, alarmsOf, RECENT_RUNS } from './alarms.ts';
import { withFlowTarget } from './flow-records.ts';
import { historiesOf } from './history.ts';
import type { HistoryRecord } from './record.ts';

const HOUR = DAY_MS / 24;

const upTo = (night: number): number[] => Array.from({ length: night }, (_, i) => i + 1);

/**
 * Creates one record per night, with 2,800 orders of which about `failedAt(night)` fail. `nights` is a list of nights,
 * or the number of the last night.
 */
function orders(nights: number | number[], failedAt: (night: number) => number): HistoryRecord[] {
  const random = seededRandom(5);
  return (typeof nights === 'number' ? upTo(nights) : nights).map((night) =>
    nightlyRecord(night, {
      flows: [flowRecord(2800, { pay: Math.round(failedAt(night) + 10 * (random() - 0.5)) })],
    }),
  );
}

function alarms(records: HistoryRecord[], { target, until }: { target?: number; until?: number } = {}): Alarm[] {
  const untilMs = until ?? Date.parse(records.at(-1)?.run.startedAt ?? '') + HOUR;
  const judged = target === undefined ? records : records.map((record) => withFlowTarget(record, target));
  return alarmsOf(historiesOf(judged, { untilMs }), { untilMs });
}
const kinds = (...args: Parameters<typeof alarms>) => alarms(...args).map(({ kind }) => kind);

const GOOD = 84;
const BAD = 168;

describe('the below-target alarm', () => {
  test('the below-target alarm is raised if the whole interval of the latest run is below the target', () => {
    const [alarm] = alarms(orders(10, (night) => (night === 10 ? 180 : GOOD)));
    assert.ok(alarm?.kind === 'below-target');
    assert.deepEqual([alarm.flow, alarm.target, alarm.since], ['order', 0.95, null]);
    assert.ok((alarm.latest.high ?? 1) < 0.95);
  });

  test('the below-target alarm is not raised if the interval of the latest run reaches the target', () => {
    assert.deepEqual(kinds(orders(4, () => 150)), []);
  });

  test('the below-target alarm covers all runs since a drop', () => {
    const found = alarms(orders(60, (night) => (night > 30 && night < 60 ? 180 : night === 60 ? 145 : GOOD)));
    assert.deepEqual(
      found.map(({ kind }) => kind),
      ['below-target'],
      'the change itself is no longer recent',
    );
    assert.ok(found[0]?.kind === 'below-target');
    assert.equal(found[0].since?.runs, 30);
    assert.equal(found[0].change?.index, 30, 'but it is still reported as the cause');
    assert.ok((found[0].latest.high ?? 0) > 0.95);
  });

  test('the below-target alarm is cleared by the first run whose whole interval is above the target', () => {
    const records = orders(60, (night) => (night > 30 && night < 60 ? 180 : GOOD));
    assert.deepEqual(kinds(records), []);
  });

  test('the below-target alarm ignores runs before the latest one', () => {
    assert.deepEqual(kinds(orders(5, (night) => (night === 4 ? 300 : GOOD))), []);
  });

  test('the below-target alarm uses the target that the record contains', () => {
    const [good, bad] = [orders(3, () => GOOD), orders(3, () => 300)];
    assert.deepEqual(kinds(good, { target: 0.99 }), ['below-target']);
    assert.deepEqual(kinds(bad, { target: 0.5 }), []);
  });

  test('the below-target alarm is not raised for a flow without a target', () => {
    const records = orders(3, () => 300).map((record) => ({
      ...record,
      flows: record.flows.map((flow) => ({ ...flow, target: null })),
    }));
    assert.deepEqual(kinds(records), []);
  });
});

test('a drop below the target raises a single alarm', () => {
  const found = alarms(orders(45, (night) => (night > 39 ? 300 : GOOD)));
  assert.equal(found.length, 1);
  assert.ok(found[0]?.kind === 'below-target');
  assert.deepEqual([found[0].since?.runs, found[0].change?.index], [6, 39]);
});

describe('the change alarm', () => {
  const drop = (last: number) => orders(last, (night) => (night > 39 ? BAD : GOOD));

  test('the change alarm is raised once a drop is significant, and for RECENT_RUNS runs', () => {
    assert.deepEqual(kinds(drop(39), { target: 0.5 }), []);
    assert.deepEqual(kinds(drop(45), { target: 0.5 }), ['change']);
    assert.deepEqual(kinds(drop(39 + RECENT_RUNS), { target: 0.5 }), ['change']);
    assert.deepEqual(kinds(drop(40 + RECENT_RUNS), { target: 0.5 }), []);
  });

  test('the change alarm is not raised for an improvement', () => {
    const better = orders(45, (night) => (night > 39 ? GOOD : BAD));
    assert.deepEqual(kinds(better, { target: 0.5 }), []);
  });

  test('the change alarm is cleared by a later improvement', () => {
    const records = orders(50, (night) => (night > 30 && night <= 40 ? BAD : GOOD));
    assert.deepEqual(kinds(records, { target: 0.5 }), []);
  });
});

describe('the missing-run alarm', () => {
  const nights = (...present: number[]) => orders(present, () => GOOD);

  test('the missing-run alarm is raised half an interval after a run was due, and cleared by the second run', () => {
    const records = nights(1, 2, 3, 4, 5, 6);
    assert.deepEqual(kinds(records, { until: nightStartMs(7) + 10 * HOUR }), []);
    assert.deepEqual(kinds(records, { until: nightStartMs(7) + 13 * HOUR }), ['missing']);
    assert.deepEqual(kinds(nights(1, 2, 3, 4, 5, 6, 8)), ['missing']);
    assert.deepEqual(kinds(nights(1, 2, 3, 4, 5, 6, 8, 9)), []);
  });

  test('the missing-run alarm counts an INVALID run as missing', () => {
    const records = nights(1, 2, 3, 4, 5, 6, 7, 8).map((record, i) =>
      i === 6 ? { ...record, verdict: 'INVALID' as const } : record,
    );
    const [alarm] = alarms(records);
    assert.ok(alarm?.kind === 'missing');
    assert.deepEqual(
      alarm.missing.map(({ atMs, invalid }) => [atMs, invalid.map(({ run }) => run.id)]),
      [[nightStartMs(7), [records[6]?.run.id]]],
    );
  });

  test('the missing-run alarm includes all runs that are missing since the same run', () => {
    const [alarm] = alarms(nights(1, 2, 3, 4, 5, 7, 8), { until: nightStartMs(13) });
    assert.ok(alarm?.kind === 'missing');
    assert.deepEqual(
      alarm.missing.map(({ atMs }) => atMs),
      [9, 10, 11, 12].map(nightStartMs),
    );
  });

  test('the missing-run alarm is not raised if the runs have no regular interval', () => {
    assert.deepEqual(kinds(nights(1, 2, 9), { until: nightStartMs(40) }), []);
  });
});
