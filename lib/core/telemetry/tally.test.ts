import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { METRICS } from '../metrics/index.ts';
import { histogramOf } from '../numbers/index.ts';
import { counterSeries, repeat, trendSeries } from '../testing/evidence.ts';
import { MAX_TAG_SETS, Tally } from './tally.ts';
import type { MetricSeries } from './windows.ts';

const tallyOf = (...series: MetricSeries[]): Tally => {
  const tally = new Tally();
  tally.add(series);
  return tally;
};

describe('series of the same metric and tags become one', () => {
  test('counters by their sum, in whatever order their tags are', () => {
    const tally = tallyOf(
      counterSeries(METRICS.requests, 2, { name: 'a', status: '200' }),
      counterSeries(METRICS.requests, 3, { status: '200', name: 'a' }),
      counterSeries(METRICS.requests, 5, { name: 'a', status: '500' }),
      counterSeries(METRICS.iterations, 7, { name: 'a', status: '200' }),
    );
    assert.deepEqual(tally.series(), [
      counterSeries(METRICS.requests, 5, { name: 'a', status: '200' }),
      counterSeries(METRICS.requests, 5, { name: 'a', status: '500' }),
      counterSeries(METRICS.iterations, 7, { name: 'a', status: '200' }),
    ]);
  });

  test('durations by their histogram', () => {
    const tally = tallyOf(
      trendSeries(METRICS.requestDuration, [1, 2], { name: 'a' }),
      trendSeries(METRICS.requestDuration, [3], { name: 'a' }),
    );
    assert.deepEqual(
      tally.series().map(({ histogram }) => histogram),
      [histogramOf([1, 2, 3])],
    );
  });

  test('gauges by their highest value', () => {
    const tally = tallyOf(...[3, 9, 4].map((vus) => counterSeries(METRICS.vus, vus)));
    assert.equal(tally.max(METRICS.vus), 9);
    assert.equal(tally.max(METRICS.requests), null);
  });

  test('and those that were handed in stay as they were', () => {
    const one = counterSeries(METRICS.requests, 1, { name: 'a' });
    tallyOf(one, one, one);
    assert.equal(one.value, 1);
  });
});

describe('too many sets of tags', () => {
  const many = Array.from({ length: MAX_TAG_SETS }, (_, i) =>
    counterSeries(METRICS.requests, 1, { name: `GET /items/${i}` }),
  );

  test('of one metric are added up without their tags, and it is told', () => {
    const tally = tallyOf(...many, ...repeat(3, counterSeries(METRICS.requests, 2, { name: 'one more' })));
    assert.equal(tally.overflowed, true);
    assert.equal(tally.series().length, MAX_TAG_SETS + 1);
    assert.equal(tally.sum(METRICS.requests), MAX_TAG_SETS + 6);
    assert.equal(tally.sum(METRICS.requests, { name: 'one more' }), 0);
  });

  test('are not too many as long as they are known, or of different metrics', () => {
    const tally = tallyOf(...many, ...many, counterSeries(METRICS.iterations, 1, { scenario: 'load' }));
    assert.equal(tally.overflowed, false);
    assert.equal(tally.sum(METRICS.iterations, { scenario: 'load' }), 1);
  });
});
