import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeChart } from '../../../testing/html.ts';
import { drawn, extent, extentOf, lookOf, timeUnit } from './series.ts';

test('stacked series stand on those before them, and a gap is a gap of its own', () => {
  const edges = drawn([
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
  assert.deepEqual(extent([[3, null, -1], [], [7]]), { min: -1, max: 7 });
  assert.equal(extent([[null], []]), null);
});

test('forty series all look different, and neighbours differ in more than colour', () => {
  const looks = Array.from({ length: 40 }, (_, i) => lookOf(i));
  assert.equal(new Set(looks.map((look) => JSON.stringify(look))).size, 40);
  for (const [i, { dash }] of looks.slice(1).entries()) assert.notDeepEqual(dash, looks[i]?.dash);
});

test('what is drawn reaches as far as the bounds of its values, and its unit fits what is negative too', () => {
  const bounds = { low: [-3, null], high: [9, null] };
  assert.deepEqual(extentOf([{ name: 'a', values: [1, 2], bounds }]), { min: -3, max: 9 });
  assert.equal(extentOf([]), null);
  const series = [{ name: 'a', values: [-(5 * 1024 ** 2), 0] }];
  assert.equal(timeUnit(timeChart({ unit: 'bytesPerHour', series })).label, 'MB per hour');
});
