import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { constantVUs, FULL_SCALE } from '../../definition/index.ts';
import { RUN_START_MS } from '../../testing/evidence.ts';
import { generatorEnd, generatorWindow } from '../../testing/generators.ts';
import { combinedExit, type GeneratorExit, generatorFigures } from './generator-figures.ts';
import { GeneratorTally } from './generator-tally.ts';
import { WindowMerger } from './window-merger.ts';

test('the figures of a generator come from its telemetry and its summary', () => {
  const tally = new GeneratorTally();
  const merger = new WindowMerger({
    names: ['a'],
    windowMs: 5000,
    onWindow: (window) => tally.add(window),
  });
  merger.add('a', generatorWindow(2, 10, { vus: 2 }));
  merger.finish();
  const figures = generatorFigures({
    exits: [generatorEnd('a', 10), generatorEnd('b', 0, { outcome: 'crashed', reason: 'killed', summary: null })],
    tally,
    workload: constantVUs({ vus: 5, duration: '1m' })(FULL_SCALE),
    samples: (name) => ({ atMs: [0], columns: { cpuShare: [name === 'a' ? 0.2 : 0.3] } }),
    startMs: RUN_START_MS + 1000,
  });
  assert.deepEqual(figures, [
    {
      name: 'a',
      outcome: 'completed',
      outcomeReason: null,
      startMs: 1000,
      endMs: 6000,
      durationMs: 60_000,
      requests: 10,
      iterations: 10,
      lateWindows: 0,
      droppedIterations: 0,
      vusMax: 2,
      vusPlanned: 3,
      requestsByK6: 10,
      telemetryOverflowed: false,
      samples: { atMs: [0], columns: { cpuShare: [0.2] } },
    },
    {
      name: 'b',
      outcome: 'crashed',
      outcomeReason: 'killed',
      startMs: null,
      endMs: null,
      durationMs: null,
      requests: 0,
      iterations: 0,
      lateWindows: 0,
      droppedIterations: 0,
      vusMax: 0,
      vusPlanned: 2,
      requestsByK6: null,
      telemetryOverflowed: false,
      samples: { atMs: [0], columns: { cpuShare: [0.3] } },
    },
  ]);
});

describe('combinedExit', () => {
  const ended = (name: string, outcome: GeneratorExit['outcome'], reason: string | null = null) =>
    generatorEnd(name, 1, { outcome, reason });
  const cases: [what: string, exits: GeneratorExit[], ReturnType<typeof combinedExit>][] = [
    [
      'is completed if all generators completed',
      [ended('a', 'completed'), ended('b', 'completed')],
      { outcome: 'completed', reason: null },
    ],
    [
      'prefers the crash of one generator to the abort of another that it caused',
      [ended('a', 'aborted', 'stopped with b'), ended('b', 'crashed', 'killed')],
      { outcome: 'crashed', reason: 'b: killed' },
    ],
    [
      'does not name the generators if all ended for the same reason',
      [ended('a', 'interrupted', 'stopped by the user'), ended('b', 'interrupted', 'stopped by the user')],
      { outcome: 'interrupted', reason: 'stopped by the user' },
    ],
    [
      'names the generators for each of several reasons',
      [
        ended('a', 'crashed', 'killed'),
        ended('b', 'crashed', 'panicked'),
        ended('c', 'crashed', 'killed'),
        ended('d', 'completed'),
      ],
      { outcome: 'crashed', reason: 'a, c: killed; b: panicked' },
    ],
    [
      'prefers an interruption by the user to a crash',
      [ended('a', 'crashed', 'killed'), ended('b', 'interrupted', 'stopped by the user')],
      { outcome: 'interrupted', reason: 'b: stopped by the user' },
    ],
  ];
  for (const [what, exits, expected] of cases) {
    test(`the combined exit ${what}`, () => {
      assert.deepEqual(combinedExit(exits), expected);
    });
  }
});
