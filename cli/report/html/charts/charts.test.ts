import assert from 'node:assert/strict';
import { test } from 'node:test';
import { percentileName } from '../../../../lib/core/numbers/index.ts';
import { funnelChart, histogramChart, percentileChart, timeChart } from '../../../testing/html.ts';
import { chartTable } from './chart-table.ts';
import { dropOff, funnelPlot } from './funnel.ts';
import { histogramPlot } from './histogram.ts';
import { chartFigure } from './index.ts';
import { percentilePlot, tailPosition } from './percentiles.ts';
import { nearestIndex, timeView } from './time.ts';

const TIME = { min: 0, max: 4000 };
const paths = (text: string) =>
  [...text.matchAll(/<path class="(\w+)"[^>]* d="([^"]*)"/g)].map(([, name, d]) => `${name} ${d}`);

test('a time chart draws lines with gaps, areas, and shaded phases with names', () => {
  const chart = timeChart({
    series: [
      { name: 'p50', values: [0, 10, null, 20] },
      { name: 'p95', values: [20, 20, 20, 20], style: 'area' },
    ],
  });
  const { text } = timeView(chart, TIME).picture;
  assert.deepEqual(paths(text), [
    'line M0 1000L250 500M750 0h0',
    'area M0 0L250 0L500 0L750 0L750 1000L500 1000L250 1000L0 1000Z',
    'line M0 0L250 0L500 0L750 0',
  ]);
  assert.match(text, /stroke-dasharray/, 'the second line differs in more than its color');
  assert.equal(text.match(/<rect x=/g)?.length, 1, 'every other phase is shaded');
  assert.match(text, /title="ramp-up"[^>]*>ramp-up</);
  assert.match(text, /title="hold"[^>]*>hold</);
  assert.match(text, /aria-label="Line chart from 0:00 to 0:04\. p50: 0 to 20; p95: 20 to 20\."/);
});

test('the description of a time chart states that a series has no values', () => {
  const { text } = timeView(timeChart({ atMs: [], series: [{ name: 'VUs', values: [] }] }), TIME).picture;
  assert.match(text, /VUs: no values/);
  assert.deepEqual(paths(text), ['line ']);
});

test('a zoomed time chart draws the visible samples and one more sample on each side', () => {
  const chart = timeChart({ series: [{ name: 'VUs', values: [0, 1, 2, 100] }] });
  const { picture, cursorAt } = timeView(chart, { min: 500, max: 1500 });
  assert.deepEqual(paths(picture.text), ['line M-500 1000L500 500L1500 0']);
  assert.match(picture.text, /x="50%" y="100%"[^>]*>0:01</);
  assert.match(cursorAt(1200).text, /<line x1="70%" x2="70%"[^>]*><circle [^>]*cx="50%" cy="50%"/);
  assert.doesNotMatch(cursorAt(1500).text, /NaN/);
});

test('nearestIndex returns the index of the sample nearest to a point in time', () => {
  const cases: [ms: number, index: number][] = [
    [-10, 0],
    [499, 0],
    [501, 1],
    [1000, 1],
    [9999, 2],
  ];
  for (const [ms, index] of cases) assert.equal(nearestIndex([0, 1000, 2000], ms), index, `${ms}`);
  assert.equal(nearestIndex([], 5), -1);
});

test('tailPosition returns positions with equal distances for 0, 90 %, 99 % and 99.9 %', () => {
  const cases: [q: number, position: number][] = [
    [0, 0],
    [0.9, 1],
    [0.99, 2],
    [0.999, 3],
  ];
  for (const [q, position] of cases) assert.ok(Math.abs(tailPosition(q) - position) < 1e-9, `${q}`);
  assert.equal(tailPosition(1), Number.POSITIVE_INFINITY);
});

test('percentileName uses as many digits as needed', () => {
  const names = [0, 0.05, 0.5, 0.57, 0.9, 0.925, 0.99, 1 - 10 / 1140, 0.999, 0.9995, 0.99999, 1].map(percentileName);
  assert.deepEqual(names, [
    'p0',
    'p5',
    'p50',
    'p57',
    'p90',
    'p92.5',
    'p99',
    'p99.123',
    'p99.9',
    'p99.95',
    'p99.999',
    'p100',
  ]);
});

test('a percentile chart dims and labels the area with fewer than ten samples', () => {
  const { text } = percentilePlot(percentileChart());
  assert.match(text, /class="overlay" x="66\.667%" width="33\.333%"/);
  assert.match(text, />fewer than 10 samples</);
  assert.match(text, /aria-label="[^"]*Above p99: fewer than 10 samples/);
  assert.deepEqual(
    [...text.matchAll(/y="100%"[^>]*>(p[\d.]+)</g)].map(([, name]) => name),
    ['p0', 'p50', 'p75', 'p90', 'p95', 'p99', 'p99.9'],
  );
});

test('a percentile chart dims nothing if there are enough samples, and never shows the maximum', () => {
  const points = [
    { q: 0, ms: 10 },
    { q: 0.9, ms: 20 },
    { q: 1, ms: 5000 },
  ];
  const { text } = percentilePlot(percentileChart({ series: [{ name: 'all', points }], sparseFromQ: 0.99999 }));
  assert.doesNotMatch(text, /fewer than 10|NaN|Infinity/);
  assert.deepEqual(paths(text), ['line M0 500L1000 0']);
});

test('the axis of a percentile chart ends where less than one sample is left', () => {
  const points = [0, 0.9, 0.99, 0.999, 0.9999].map((q) => ({ q, ms: 10 }));
  const { text } = percentilePlot(percentileChart({ series: [{ name: 'all', points }], sparseFromQ: 0.9 }));
  assert.match(text, />p99</);
  assert.doesNotMatch(text, />p99\.9</);
});

test('a histogram chart has one bar per bucket, with a height proportional to its count', () => {
  const { text } = histogramPlot(histogramChart());
  const heights = [...text.matchAll(/height="([\d.]+)%"\/>/g)].map(([, height]) => Number(height));
  assert.deepEqual(heights, [80.4, 91.6, 28]);
  assert.match(
    text,
    /aria-label="Bar chart of 1,000 values\. The largest bucket, with 45\.8 %, is 50\.0 ms to 100 ms\."/,
  );
  assert.match(histogramPlot(histogramChart({ buckets: [] })).text, /Bar chart without values/);
});

test('dropOff counts the iterations lost in each step and before each step', () => {
  assert.deepEqual(
    dropOff(funnelChart()).map(({ name, failed, missing }) => [name, failed, missing]),
    [
      ['webhook-receive', 8, 0],
      ['queue-job', 0, 0],
      ['ai-processing', 42, 9],
      ['send-confirmation', 49, 0],
    ],
  );
});

test('a funnel chart shows losses and unobservable steps in words', () => {
  const { text } = funnelPlot(funnelChart());
  assert.match(text, />2,839 of 2,847</);
  assert.match(text, />42 failed \(1\.48 %\), 9 did not reach this step</);
  assert.match(text, />not observable</);
});

test('every chart has a title and a table of its values', () => {
  for (const chart of [timeChart(), percentileChart(), histogramChart(), funnelChart()]) {
    const { text } = chartFigure(chart, TIME);
    assert.match(text, new RegExp(`<figure id="chart-${chart.id}"`));
    assert.ok(text.includes(`<span id="chart-${chart.id}-title" class="title">${chart.title}</span>`));
    const { rows, columns } = chartTable(chart);
    assert.ok(rows.length > 0);
    for (const row of rows) assert.equal(row.length, columns.length, chart.id);
    assert.equal(text.match(/<tr>/g)?.length, rows.length + 1);
  }
});

test('the value table of a time chart shows the phase of each value', () => {
  const { rows } = chartTable(timeChart({ unit: 'ms', series: [{ name: 'p95', values: [1, null, 3, 4] }] }));
  assert.deepEqual(rows[0], ['0:00', 'ramp-up', '1.00 ms']);
  assert.deepEqual(rows[1], ['0:01', 'hold', '–']);
});

test('the value table of a long run shows the minimum and maximum of several samples per row', () => {
  const count = 1000;
  const all = Array.from({ length: count }, (_, i) => i);
  const { caption, rows } = chartTable(
    timeChart({
      atMs: all.map((i) => i * 1000),
      series: [
        { name: 'rising', values: all },
        { name: 'flat', values: all.map(() => 7) },
        { name: 'none', values: all.map(() => null) },
      ],
    }),
  );
  assert.match(caption, /\(min to max of every 3 samples\)/);
  assert.equal(rows.length, 334);
  assert.deepEqual(rows[1], ['0:03', 'hold', '3 to 5', '7', '–']);
  assert.deepEqual(rows.at(-1), ['16:39', '', '999', '7', '–']);
});

const DAY = 86_400_000;
const FIRST_DAY = Date.parse('2026-11-02T00:00Z');
const runsOverDays = timeChart({
  axis: 'date',
  unit: 'fraction',
  atMs: [0, 1, 2, 3].map((days) => FIRST_DAY + days * DAY),
  series: [
    {
      name: 'a run',
      values: [0.97, 0.98, null, 0.94],
      style: 'points',
      bounds: { low: [0.96, 0.97, null, 0.93], high: [0.98, 0.99, null, 0.95] },
    },
    { name: 'level', values: [0.975, 0.975, 0.975, 0.94], style: 'steps' },
  ],
  phases: [],
  marks: [
    { atMs: FIRST_DAY + 2 * DAY, kind: 'no run', text: 'missing run', tone: 'neutral' },
    { atMs: FIRST_DAY + 3 * DAY, kind: 'change', text: 'it fell', tone: 'bad' },
  ],
});
const DAYS = { min: FIRST_DAY, max: FIRST_DAY + 4 * DAY };

test('a date chart draws runs as dots with bounds, levels as steps, and highlighted instants as lines', () => {
  const { text } = timeView(runsOverDays, DAYS).picture;
  assert.deepEqual(
    [...text.matchAll(/<path class="([\w ]+)"[^>]* d="([^"]*)"/g)].map(([, name, d]) => `${name} ${d}`),
    [
      'bounds M0 500L0 250M250 375L250 125M750 875L750 625',
      'line dots M0 375h0M250 250h0M750 750h0',
      'line M0 312.5L250 312.5L250 312.5L500 312.5L500 312.5L750 312.5L750 750',
    ],
    'from 92 % on, below the lowest bound',
  );
  assert.match(text, /<line class="neutral"[^>]* x1="50%" x2="50%" y2="100%"><title>missing run<\/title>/);
  assert.match(text, /<line class="bad"[^>]* x1="75%"[^>]*><title>it fell<\/title>/);
  assert.match(text, />2 Nov</);
  assert.match(text, /from 2026-11-02 00:00 to 2026-11-06 00:00\./);
  assert.match(text, /2026-11-05 00:00: it fell\./);
});

test('a date chart has legend entries for dots and marks, and its table shows the bounds of values', () => {
  const { text } = chartFigure(runsOverDays, DAYS);
  for (const name of ['a run', 'level', 'no run', 'change']) assert.match(text, new RegExp(`</svg>${name}<`));
  const { columns, rows } = chartTable(runsOverDays);
  assert.deepEqual(
    columns.map(({ title }) => title),
    ['time', 'a run', 'level', 'note'],
  );
  assert.deepEqual(rows.slice(1, 3), [
    ['2026-11-03 00:00', '98.0 % (97.0 % to 99.0 %)', '97.5 %', ''],
    ['2026-11-04 00:00', '–', '97.5 %', 'missing run'],
  ]);
});
