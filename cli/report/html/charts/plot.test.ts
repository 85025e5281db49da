import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phasesWithLengths } from '../../../../lib/core/testing/evidence.ts';
import { timeChart } from '../../../testing/html.ts';
import { areaPath, type ChartPoint, linePath, plot, stepPath, svgPercent, withMinorMarks } from './plot.ts';
import { columnsExtent, phaseNameAt, seriesEdges, seriesExtent, seriesStyle, valueAxisUnit } from './series.ts';
import { phaseNameStyle, placedPhases } from './time.ts';

const point = (x: number, y: number): ChartPoint => ({ x, y });

test('linePath leaves gaps at missing values and draws a value between two gaps as a dot', () => {
  const cases: [name: string, points: (ChartPoint | null)[], path: string][] = [
    ['no points', [], ''],
    ['only gaps', [null, null], ''],
    ['a line', [point(0, 0), point(0.5, 0.25), point(1, 1)], 'M0 1000L500 750L1000 0'],
    ['a gap', [point(0, 0), point(0.1, 0), null, point(0.3, 0), point(0.4, 0)], 'M0 1000L100 1000M300 1000L400 1000'],
    ['a dot', [null, point(0.2, 0.5), null], 'M200 500h0'],
    ['short numbers', [point(1 / 3, 2 / 3), point(2 / 3, 1 / 3)], 'M333.3 333.3L666.7 666.7'],
  ];
  for (const [name, points, path] of cases) assert.equal(linePath(points), path, name);
});

test('areaPath draws a separate area on each side of a gap', () => {
  const band = (x: number) => ({ upper: point(x, 1), lower: point(x, 0.5) });
  assert.equal(
    areaPath([band(0), band(0.5), null, band(0.75), band(1)]),
    'M0 0L500 0L500 500L0 500ZM750 0L1000 0L1000 500L750 500Z',
  );
});

test('withMinorMarks makes every second axis label minor if there are more than five', () => {
  const marks = (count: number) => Array.from({ length: count }, (_, i) => ({ position: i / count, label: `${i}` }));
  assert.equal(withMinorMarks(marks(5)).filter(({ minor }) => minor).length, 0);
  assert.deepEqual(
    withMinorMarks(marks(7)).flatMap(({ minor, label }) => (minor ? [label] : [])),
    ['1', '3', '5'],
  );
});

test('plot positions labels by percentages and contains a description', () => {
  const { text } = plot({
    label: 'a < b',
    x: [{ position: 0.25, label: '1:00' }],
    y: [{ position: 1, label: '50' }],
    paths: [],
  });
  assert.match(text, /role="img" aria-label="a &lt; b"/);
  assert.match(text, /x="25%" y="100%"[^>]*>1:00</);
  assert.match(text, /y="0%"[^>]*>50</);
  assert.equal(svgPercent(1 / 3), '33.333%');
});

test('stepPath keeps the height of a point until the next point, and starts again after a gap', () => {
  assert.equal(stepPath([point(0, 0), point(0.5, 1), null, point(0.75, 0.5)]), 'M0 1000L500 1000L500 0M750 500h0');
});

test('a stacked series starts at the upper edge of the previous series, and gaps in one series affect no other', () => {
  const edges = seriesEdges([
    { name: 'line', values: [9, 9, null] },
    { name: 'a', values: [1, null, 3], style: 'stacked' },
    { name: 'b', values: [10, 20, 30], style: 'stacked' },
    { name: 'area', values: [5, null, 5], style: 'area' },
  ]);
  assert.deepEqual(edges, [
    { upper: [9, 9, null], lower: null },
    { upper: [1, null, 3], lower: [0, 0, 0] },
    { upper: [11, 20, 33], lower: [1, 0, 3] },
    { upper: [5, null, 5], lower: [0, 0, 0] },
  ]);
});

test('columnsExtent returns the lowest and highest value of several columns', () => {
  assert.deepEqual(columnsExtent([[3, null, -1], [], [7]]), { min: -1, max: 7 });
  assert.equal(columnsExtent([[null], []]), null);
});

test('forty series have different styles, and neighboring series differ in more than color', () => {
  const styles = Array.from({ length: 40 }, (_, i) => seriesStyle(i));
  assert.equal(new Set(styles.map((style) => JSON.stringify(style))).size, 40);
  for (const [i, { dash }] of styles.slice(1).entries()) assert.notDeepEqual(dash, styles[i]?.dash);
});

test('the extent of a chart includes bounds, and its axis unit also fits negative values', () => {
  const bounds = { low: [-3, null], high: [9, null] };
  assert.deepEqual(seriesExtent([{ name: 'a', values: [1, 2], bounds }]), { min: -3, max: 9 });
  assert.equal(seriesExtent([]), null);
  const series = [{ name: 'a', values: [-(5 * 1024 ** 2), 0] }];
  assert.equal(valueAxisUnit(timeChart({ unit: 'bytesPerHour', series })).label, 'MB per hour');
});

const PHASES = phasesWithLengths({ 'ramp-up': 10, hold: 30, 'ramp-down': 10 });

test('placedPhases cuts phases to the visible period and omits phases outside that period', () => {
  assert.deepEqual(placedPhases(PHASES, { min: 0, max: 50 }), [
    { name: 'ramp-up', left: 0, width: 0.2, shaded: true },
    { name: 'hold', left: 0.2, width: 0.6000000000000001, shaded: false },
    { name: 'ramp-down', left: 0.8, width: 0.19999999999999996, shaded: true },
  ]);
  assert.deepEqual(placedPhases(PHASES, { min: 20, max: 40 }), [{ name: 'hold', left: 0, width: 1, shaded: false }]);
  assert.deepEqual(
    placedPhases(PHASES, { min: -10, max: 10 }).map(({ name, left, width }) => ({ name, left, width })),
    [{ name: 'ramp-up', left: 0.5, width: 0.5 }],
  );
});

test('the name of a phase can extend over the next phase, and the last name over the previous phase', () => {
  const placed = placedPhases(PHASES, { min: 0, max: 50 });
  assert.equal(phaseNameStyle(placed, 0), '--left: 0%; --width: 20%; --reach: 80%');
  assert.equal(phaseNameStyle(placed, 2), '--left: 80%; --width: 20%; --reach: 80%');
});

test('phaseNameAt returns the phase at a point in time, and an empty string outside all phases', () => {
  const cases: [ms: number, name: string][] = [
    [-1, ''],
    [0, 'ramp-up'],
    [10, 'hold'],
    [49, 'ramp-down'],
    [50, ''],
  ];
  for (const [ms, name] of cases) assert.equal(phaseNameAt(PHASES, ms), name, `${ms}`);
});
