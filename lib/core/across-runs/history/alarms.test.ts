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

/** Of 2,800 orders so many fail each of these nights, or each night up to this one, give or take some. */
function orders(nights: number | number[], failedAt: (night: number) => number): HistoryRecord[] {
  const random = seededRandom(5);
  return (typeof nights === 'number' ? upTo(nights) : nights).map((night) =>
    nightlyRecord(night, {
      flows: [flowRecord(2800, { pay: Math.round(failedAt(night) + 10 * (random() - 0.5)) })],
    }),
  );
}

function alarms(
  records: HistoryRecord[],
  { target, until }: { target?: number; until?: number } = {},
): Alarm[] {
  const untilMs = until ?? Date.parse(records.at(-1)?.run.startedAt ?? '') + HOUR;
  const judged = target === undefined ? records : records.map((record) => withFlowTarget(record, target));
  return alarmsOf(historiesOf(judged, { untilMs }), { untilMs });
}
const kinds = (...args: Parameters<typeof alarms>) => alarms(...args).map(({ kind }) => kind);

const GOOD = 84;
const BAD = 168;

describe('below the target', () => {
  test('the latest run alone is enough, where its whole interval is', () => {
    const [alarm] = alarms(orders(10, (night) => (night === 10 ? 180 : GOOD)));
    assert.ok(alarm?.kind === 'below-target');
    assert.deepEqual([alarm.flow, alarm.target, alarm.since], ['order', 0.95, null]);
    assert.ok((alarm.latest.high ?? 1) < 0.95);
  });

  test('a run whose interval reaches it is not', () => {
    assert.deepEqual(kinds(orders(4, () => 150)), []);
  });

  test('all runs since it fell are, even where the latest of them is not', () => {
    const found = alarms(orders(60, (night) => (night > 30 && night < 60 ? 180 : night === 60 ? 145 : GOOD)));
    assert.deepEqual(
      found.map(({ kind }) => kind),
      ['below-target'],
      'the change itself is no news any more',
    );
    assert.ok(found[0]?.kind === 'below-target');
    assert.equal(found[0].since?.runs, 30);
    assert.equal(found[0].change?.index, 30, 'and still what it comes from');
    assert.ok((found[0].latest.high ?? 0) > 0.95);
  });

  test('the first run that is surely above it again is the end of that', () => {
    const records = orders(60, (night) => (night > 30 && night < 60 ? 180 : GOOD));
    assert.deepEqual(kinds(records), []);
  });

  test('of a run that was good again nothing is told', () => {
    assert.deepEqual(kinds(orders(5, (night) => (night === 4 ? 300 : GOOD))), []);
  });

  test('another target may be asked for', () => {
    const [good, bad] = [orders(3, () => GOOD), orders(3, () => 300)];
    assert.deepEqual(kinds(good, { target: 0.99 }), ['below-target']);
    assert.deepEqual(kinds(bad, { target: 0.5 }), []);
  });

  test('without a promise there is none', () => {
    const records = orders(3, () => 300).map((record) => ({
      ...record,
      flows: record.flows.map((flow) => ({ ...flow, target: null })),
    }));
    assert.deepEqual(kinds(records), []);
  });
});

test('a drop below the target is one alarm, and not two', () => {
  const found = alarms(orders(45, (night) => (night > 39 ? 300 : GOOD)));
  assert.equal(found.length, 1);
  assert.ok(found[0]?.kind === 'below-target');
  assert.deepEqual([found[0].since?.runs, found[0].change?.index], [6, 39]);
});

describe('a change', () => {
  const drop = (last: number) => orders(last, (night) => (night > 39 ? BAD : GOOD));

  test('is news once it is sure, for so many runs', () => {
    assert.deepEqual(kinds(drop(39), { target: 0.5 }), []);
    assert.deepEqual(kinds(drop(45), { target: 0.5 }), ['change']);
    assert.deepEqual(kinds(drop(39 + RECENT_RUNS), { target: 0.5 }), ['change']);
    assert.deepEqual(kinds(drop(40 + RECENT_RUNS), { target: 0.5 }), []);
  });

  test('for the better is no alarm', () => {
    const better = orders(45, (night) => (night > 39 ? GOOD : BAD));
    assert.deepEqual(kinds(better, { target: 0.5 }), []);
  });

  test('that was made good again is none any more', () => {
    const records = orders(50, (night) => (night > 30 && night <= 40 ? BAD : GOOD));
    assert.deepEqual(kinds(records, { target: 0.5 }), []);
  });
});

describe('a missing run', () => {
  const nights = (...left: number[]) => orders(left, () => GOOD);

  test('is an alarm once it is surely missing, until the one after it is over', () => {
    const records = nights(1, 2, 3, 4, 5, 6);
    assert.deepEqual(kinds(records, { until: nightStartMs(7) + 10 * HOUR }), []);
    assert.deepEqual(kinds(records, { until: nightStartMs(7) + 13 * HOUR }), ['missing']);
    assert.deepEqual(kinds(nights(1, 2, 3, 4, 5, 6, 8)), ['missing']);
    assert.deepEqual(kinds(nights(1, 2, 3, 4, 5, 6, 8, 9)), []);
  });

  test('is one that was there and supported no verdict', () => {
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

  test('is told together with all others since the same run', () => {
    const [alarm] = alarms(nights(1, 2, 3, 4, 5, 7, 8), { until: nightStartMs(13) });
    assert.ok(alarm?.kind === 'missing');
    assert.deepEqual(
      alarm.missing.map(({ atMs }) => atMs),
      [9, 10, 11, 12].map(nightStartMs),
    );
  });

  test('is none where nobody knows how often there should be one', () => {
    assert.deepEqual(kinds(nights(1, 2, 9), { until: nightStartMs(40) }), []);
  });
});
