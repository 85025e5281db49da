import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { constantVUs, FULL_SCALE } from '../../definition/index.ts';
import { RUN_START_MS } from '../../testing/evidence.ts';
import { generatorEnd, generatorWindow } from '../../testing/generators.ts';
import { awaited, combinedExit, type GeneratorExit, generatorFigures } from './generator-figures.ts';
import { GeneratorTally } from './generator-tally.ts';
import { WindowMerger } from './window-merger.ts';

function rollOf(requests: Record<string, number>): GeneratorTally {
  const roll = new GeneratorTally();
  const names = Object.keys(requests);
  const merger = new WindowMerger({ names, windowMs: 5000, onWindow: (one) => roll.add(one) });
  for (const name of names) merger.add(name, generatorWindow(2, requests[name] ?? 0, { vus: 2 }));
  merger.finish();
  return roll;
}

test('each is told by its telemetry and its own summary', () => {
  const figures = generatorFigures({
    ends: [
      generatorEnd('a', 10),
      generatorEnd('b', 0, { outcome: 'crashed', reason: 'killed', summary: null }),
    ],
    roll: rollOf({ a: 10 }),
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

describe('how several ended', () => {
  const ended = (name: string, outcome: GeneratorExit['outcome'], reason: string | null = null) =>
    generatorEnd(name, 1, { outcome, reason });
  const cases: [what: string, ends: GeneratorExit[], ReturnType<typeof combinedExit>][] = [
    ['all well', [ended('a', 'completed'), ended('b', 'completed')], { outcome: 'completed', reason: null }],
    [
      'one died, and the other was stopped for it',
      [ended('a', 'aborted', 'stopped with b'), ended('b', 'crashed', 'killed')],
      { outcome: 'crashed', reason: 'b: killed' },
    ],
    [
      'all for the same reason: nobody has to be named',
      [ended('a', 'interrupted', 'stopped by the user'), ended('b', 'interrupted', 'stopped by the user')],
      { outcome: 'interrupted', reason: 'stopped by the user' },
    ],
    [
      'several for different reasons',
      [
        ended('a', 'crashed', 'killed'),
        ended('b', 'crashed', 'panicked'),
        ended('c', 'crashed', 'killed'),
        ended('d', 'completed'),
      ],
      { outcome: 'crashed', reason: 'a, c: killed; b: panicked' },
    ],
    [
      'stopped by the user, which counts more than what came of it',
      [ended('a', 'crashed', 'killed'), ended('b', 'interrupted', 'stopped by the user')],
      { outcome: 'interrupted', reason: 'b: stopped by the user' },
    ],
  ];
  for (const [what, ends, expected] of cases) {
    test(what, () => {
      assert.deepEqual(combinedExit(ends), expected);
    });
  }
});

test('those are waited for whose telemetry does not hold all that they counted', () => {
  const roll = rollOf({ a: 10, b: 9 });
  const ends = [
    generatorEnd('a', 10),
    generatorEnd('b', 10),
    generatorEnd('c', 1),
    generatorEnd('d', 0),
    generatorEnd('e', 0, { outcome: 'crashed', summary: null }),
  ];
  assert.deepEqual(awaited(ends, roll), ['b', 'c']);
});
