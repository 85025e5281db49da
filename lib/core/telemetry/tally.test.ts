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

describe('a tally combines series of the same metric and tags', () => {
  test('a tally sums counters, whatever the order of their tags', () => {
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

  test('a tally merges histograms', () => {
    const tally = tallyOf(
      trendSeries(METRICS.requestDuration, [1, 2], { name: 'a' }),
      trendSeries(METRICS.requestDuration, [3], { name: 'a' }),
    );
    assert.deepEqual(
      tally.series().map(({ histogram }) => histogram),
      [histogramOf([1, 2, 3])],
    );
  });

  test('a tally keeps the maximum of gauges', () => {
    const tally = tallyOf(...[3, 9, 4].map((vus) => counterSeries(METRICS.vus, vus)));
    assert.equal(tally.max(METRICS.vus), 9);
    assert.equal(tally.max(METRICS.requests), null);
  });

  test('a tally does not modify the series that are added to it', () => {
    const series = counterSeries(METRICS.requests, 1, { name: 'a' });
    tallyOf(series, series, series);
    assert.equal(series.value, 1);
  });
});

describe('tag sets beyond MAX_TAG_SETS', () => {
  const many = Array.from({ length: MAX_TAG_SETS }, (_, i) =>
    counterSeries(METRICS.requests, 1, { name: `GET /items/${i}` }),
  );

  test('tag sets beyond MAX_TAG_SETS are added up without their tags, and the tally reports the overflow', () => {
    const tally = tallyOf(...many, ...repeat(3, counterSeries(METRICS.requests, 2, { name: 'extra' })));
    assert.equal(tally.overflowed, true);
    assert.equal(tally.series().length, MAX_TAG_SETS + 1);
    assert.equal(tally.sum(METRICS.requests), MAX_TAG_SETS + 6);
    assert.equal(tally.sum(METRICS.requests, { name: 'extra' }), 0);
  });

  test('MAX_TAG_SETS applies to each metric, and repeated tag sets count once', () => {
    const tally = tallyOf(...many, ...many, counterSeries(METRICS.iterations, 1, { scenario: 'load' }));
    assert.equal(tally.overflowed, false);
    assert.equal(tally.sum(METRICS.iterations, { scenario: 'load' }), 1);
  });
});
