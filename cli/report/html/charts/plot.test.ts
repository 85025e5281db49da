import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phasesWithLengths } from '../../../../lib/core/testing/evidence.ts';
import { timeChart } from '../../../testing/html.ts';
import { areaPath, type ChartPoint, linePath, plot, stepPath, svgPercent, withMinorMarks } from './plot.ts';
import {
  columnsExtent,
  phaseNameAt,
  seriesEdges,
  seriesExtent,
  seriesStyle,
  valueAxisUnit,
} from './series.ts';
import { phaseNameStyle, placedPhases } from './time.ts';

const at = (x: number, y: number): ChartPoint => ({ x, y });

test('a line is broken where there is no value, and a lone value is a dot', () => {
  const cases: [name: string, points: (ChartPoint | null)[], path: string][] = [
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
  assert.equal(withMinorMarks(marks(5)).filter(({ minor }) => minor).length, 0);
  assert.deepEqual(
    withMinorMarks(marks(7)).flatMap(({ minor, label }) => (minor ? [label] : [])),
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
  assert.equal(svgPercent(1 / 3), '33.333%');
});

test('a line of steps keeps its height until the next value, and begins anew after a gap', () => {
  assert.equal(stepPath([at(0, 0), at(0.5, 1), null, at(0.75, 0.5)]), 'M0 1000L500 1000L500 0M750 500h0');
});

test('stacked series stand on those before them, and a gap is a gap of its own', () => {
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

test('lowest and highest of several columns', () => {
  assert.deepEqual(columnsExtent([[3, null, -1], [], [7]]), { min: -1, max: 7 });
  assert.equal(columnsExtent([[null], []]), null);
});

test('forty series all look different, and neighbours differ in more than colour', () => {
  const looks = Array.from({ length: 40 }, (_, i) => seriesStyle(i));
  assert.equal(new Set(looks.map((look) => JSON.stringify(look))).size, 40);
  for (const [i, { dash }] of looks.slice(1).entries()) assert.notDeepEqual(dash, looks[i]?.dash);
});

test('what is drawn reaches as far as the bounds of its values, and its unit fits what is negative too', () => {
  const bounds = { low: [-3, null], high: [9, null] };
  assert.deepEqual(seriesExtent([{ name: 'a', values: [1, 2], bounds }]), { min: -3, max: 9 });
  assert.equal(seriesExtent([]), null);
  const series = [{ name: 'a', values: [-(5 * 1024 ** 2), 0] }];
  assert.equal(valueAxisUnit(timeChart({ unit: 'bytesPerHour', series })).label, 'MB per hour');
});

const PHASES = phasesWithLengths({ 'ramp-up': 10, hold: 30, 'ramp-down': 10 });

test('phases are placed in the time that is in sight, or cut to it', () => {
  assert.deepEqual(placedPhases(PHASES, { min: 0, max: 50 }), [
    { name: 'ramp-up', left: 0, width: 0.2, shaded: true },
    { name: 'hold', left: 0.2, width: 0.6000000000000001, shaded: false },
    { name: 'ramp-down', left: 0.8, width: 0.19999999999999996, shaded: true },
  ]);
  assert.deepEqual(placedPhases(PHASES, { min: 20, max: 40 }), [
    { name: 'hold', left: 0, width: 1, shaded: false },
  ]);
  assert.deepEqual(
    placedPhases(PHASES, { min: -10, max: 10 }).map(({ name, left, width }) => ({ name, left, width })),
    [{ name: 'ramp-up', left: 0.5, width: 0.5 }],
  );
});

test('a name may reach over the next phase, the last over the one before', () => {
  const placed = placedPhases(PHASES, { min: 0, max: 50 });
  assert.equal(phaseNameStyle(placed, 0), '--left: 0%; --width: 20%; --reach: 80%');
  assert.equal(phaseNameStyle(placed, 2), '--left: 80%; --width: 20%; --reach: 80%');
});

test('the phase at an instant', () => {
  const cases: [ms: number, name: string][] = [
    [-1, ''],
    [0, 'ramp-up'],
    [10, 'hold'],
    [49, 'ramp-down'],
    [50, ''],
  ];
  for (const [ms, name] of cases) assert.equal(phaseNameAt(PHASES, ms), name, `${ms}`);
});
