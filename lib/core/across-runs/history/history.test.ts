import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY_MS, nightlyRecord, nightStartMs } from '../../testing/history.ts';
import { historiesOf } from './history.ts';

const UNTIL = nightStartMs(30);
const idsOf = (records: readonly { run: { id: string } }[]) => records.map(({ run }) => run.id);

test('runs are grouped by test, environment and scale, and sorted by time', () => {
  const records = [
    nightlyRecord(3),
    nightlyRecord(5, { run: { test: 'smoke' } }),
    nightlyRecord(6, { run: { environment: 'staging' } }),
    nightlyRecord(1),
    nightlyRecord(7, { run: { scale: { time: 0.1, vus: 1 }, scaled: true } }),
    nightlyRecord(4, { run: { product: 'bank' } }),
  ];
  const histories = historiesOf(records, { untilMs: UNTIL });
  assert.deepEqual(
    histories.map(({ product, test, environment, scaled, runs }) => [
      `${product}/${test} ${environment}${scaled ? ' scaled' : ''}`,
      runs.length,
    ]),
    [
      ['bank/peak local', 1],
      ['shop/peak local scaled', 1],
      ['shop/peak local', 2],
      ['shop/peak staging', 1],
      ['shop/smoke local', 1],
    ],
  );
  assert.deepEqual(idsOf(histories[2]?.runs ?? []), idsOf([nightlyRecord(1), nightlyRecord(3)]));
});

test('a run that was recorded twice counts once', () => {
  const [history] = historiesOf([nightlyRecord(1), nightlyRecord(2), nightlyRecord(1)], { untilMs: UNTIL });
  assert.deepEqual(idsOf(history?.runs ?? []), idsOf([nightlyRecord(1), nightlyRecord(2)]));
});

test('runs after the end of the history are left out', () => {
  const [history] = historiesOf([nightlyRecord(1), nightlyRecord(2), nightlyRecord(3)], {
    untilMs: nightStartMs(2),
  });
  assert.equal(history?.runs.length, 2);
});

test('an INVALID run is part of the history, but its figures are not', () => {
  const [history] = historiesOf([nightlyRecord(1), nightlyRecord(2, { verdict: 'INVALID' })], {
    untilMs: nightStartMs(2),
  });
  assert.equal(history?.runs.length, 2);
  assert.deepEqual(
    history?.figures.map(({ figure, points }) => [figure.id, points.length]),
    [
      ['p95', 1],
      ['errors', 1],
    ],
  );
});

test('the interval between runs is the configured interval, or else inferred from the runs', () => {
  const nights = [1, 2, 3, 5, 6, 7].map((night) => nightlyRecord(night));
  const [inferred] = historiesOf(nights, { untilMs: nightStartMs(7) });
  assert.deepEqual([inferred?.everyMs, inferred?.missing.map(({ atMs }) => atMs)], [DAY_MS, [nightStartMs(4)]]);
  const [given] = historiesOf(nights, { untilMs: nightStartMs(7), everyMs: 2 * DAY_MS });
  assert.deepEqual([given?.everyMs, given?.missing], [2 * DAY_MS, []]);
});
