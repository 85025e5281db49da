import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phasesOf } from '../../../lib/core/testing/evidence.ts';
import { histogramChart, timeChart } from '../../testing/html.ts';
import type { Block } from '../document.ts';
import { timeGroups } from './time-groups.ts';

const block = (parts: Parameters<typeof timeChart>[0]): Block => ({ kind: 'chart', ...timeChart(parts) });
const section = (id: string, blocks: Block[]) => ({ id, title: id, blocks });

test('charts of one run share the time of all their samples, those of another run have their own', () => {
  const other = phasesOf({ hold: 9000 });
  const groups = timeGroups({
    sections: [
      {
        ...section('a', [block({ id: 'vus' }), { kind: 'chart', ...histogramChart() }]),
        sections: [section('a1', [block({ id: 'memory', atMs: [-500, 4500] })])],
      },
      section('b', [block({ id: 'other', atMs: [0, 9000], phases: other })]),
    ],
  });
  assert.deepEqual(
    groups.map(({ time, charts }) => ({ time, ids: charts.map(({ id }) => id) })),
    [
      { time: { min: -500, max: 4500 }, ids: ['vus', 'memory'] },
      { time: { min: 0, max: 9000 }, ids: ['other'] },
    ],
  );
});

test('a single sample, and none, still have a time to be shown in', () => {
  const timeOf = (atMs: number[]) => timeGroups({ sections: [section('a', [block({ atMs })])] })[0]?.time;
  assert.deepEqual(timeOf([5000]), { min: 4000, max: 6000 });
  assert.deepEqual(timeOf([]), { min: 0, max: 2000 });
});

test('dates are the same for all charts, with room at both ends', () => {
  const dates = (id: string, atMs: number[], phases = phasesOf({ one: 1 })) =>
    block({ id, axis: 'date', atMs, phases });
  const groups = timeGroups({
    sections: [section('a', [dates('x', [0, 50 * 86_400_000]), dates('y', [86_400_000], [])])],
  });
  assert.deepEqual(
    groups.map(({ time, charts }) => ({ time, ids: charts.map(({ id }) => id) })),
    [{ time: { min: -86_400_000, max: 51 * 86_400_000 }, ids: ['x', 'y'] }],
  );
});
