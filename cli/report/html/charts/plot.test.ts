import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areaPath, linePath, type Point, percent, plot, stepPath, thinned } from './plot.ts';

const at = (x: number, y: number): Point => ({ x, y });

test('a line is broken where there is no value, and a lone value is a dot', () => {
  const cases: [name: string, points: (Point | null)[], path: string][] = [
    ['nothing', [], ''],
    ['only gaps', [null, null], ''],
    ['a line, from below', [at(0, 0), at(0.5, 0.25), at(1, 1)], 'M0 1000L500 750L1000 0'],
    ['a gap', [at(0, 0), at(0.1, 0), null, at(0.3, 0), at(0.4, 0)], 'M0 1000L100 1000M300 1000L400 1000'],
    ['a dot', [null, at(0.2, 0.5), null], 'M200 500h0'],
    ['short numbers', [at(1 / 3, 2 / 3), at(2 / 3, 1 / 3)], 'M333.3 333.3L666.7 666.7'],
  ];
  for (const [name, points, path] of cases) assert.equal(linePath(points), path, name);
});

test('an area lies between its edges, each stretch for itself', () => {
  const band = (x: number) => ({ upper: at(x, 1), lower: at(x, 0.5) });
  assert.equal(
    areaPath([band(0), band(0.5), null, band(0.75), band(1)]),
    'M0 0L500 0L500 500L0 500ZM750 0L1000 0L1000 500L750 500Z',
  );
});

test('labels are thinned where there are many', () => {
  const marks = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ at: i / count, label: `${i}` }));
  assert.equal(thinned(marks(5)).filter(({ minor }) => minor).length, 0);
  assert.deepEqual(
    thinned(marks(7)).flatMap(({ minor, label }) => (minor ? [label] : [])),
    ['1', '3', '5'],
  );
});

test('everything but the paths is placed by percentages, and says what it shows', () => {
  const { text } = plot({
    label: 'a < b',
    x: [{ at: 0.25, label: '1:00' }],
    y: [{ at: 1, label: '50' }],
    paths: [],
  });
  assert.match(text, /role="img" aria-label="a &lt; b"/);
  assert.match(text, /x="25%" y="100%"[^>]*>1:00</);
  assert.match(text, /y="0%"[^>]*>50</);
  assert.equal(percent(1 / 3), '33.333%');
});

test('a line of steps keeps its height until the next value, and begins anew after a gap', () => {
  assert.equal(stepPath([at(0, 0), at(0.5, 1), null, at(0.75, 0.5)]), 'M0 1000L500 1000L500 0M750 500h0');
});
