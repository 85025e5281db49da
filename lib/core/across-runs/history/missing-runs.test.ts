import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DAY_MS, nightStartMs } from '../../testing/history.ts';
import { inferredCadenceMs, missingRunTimes } from './missing-runs.ts';

const HOUR = DAY_MS / 24;
const nights = (...numbers: number[]) => numbers.map(nightStartMs);
/** Shifts each start time by up to 90 minutes. */
const uneven = (instants: number[]) => instants.map((ms, i) => ms + ((i * 37) % 90) * 60_000);

describe('inferredCadenceMs', () => {
  const cases: [title: string, instants: number[], every: number | null][] = [
    ['nightly runs', nights(1, 2, 3, 4, 5), DAY_MS],
    ['nightly runs at about the same time', uneven(nights(1, 2, 3, 4, 5, 6, 7)), DAY_MS],
    ['nightly runs with two missing', nights(1, 2, 3, 5, 6, 7, 9, 10), DAY_MS],
    [
      'nightly runs and one manual run',
      [...nights(1, 2, 3, 4, 5, 6, 7, 8), nightStartMs(3) + 9 * HOUR].sort((a, b) => a - b),
      DAY_MS,
    ],
    ['weekly runs', nights(1, 8, 15, 22, 29), 7 * DAY_MS],
    ['runs every six hours', nights(1, 1.25, 1.5, 1.75, 2), 6 * HOUR],
    ['too few runs', nights(1, 2, 3, 4), null],
    ['irregular runs', nights(1, 1.1, 3.4, 4, 7.2, 7.5, 12), null],
    ['runs in immediate succession', nights(1, 1.001, 1.002, 1.003, 1.004), null],
    ['no runs', [], null],
  ];
  for (const [title, instants, every] of cases)
    test(`inferredCadenceMs is ${every === null ? 'null' : `${every / HOUR} h`} for ${title}`, () => {
      assert.equal(inferredCadenceMs(instants), every);
    });
});

describe('missingRunTimes', () => {
  const cases: [title: string, instants: number[], until: number, missing: number[]][] = [
    ['returns nothing if no run is missing', nights(1, 2, 3), nightStartMs(3) + HOUR, []],
    ['returns one missing run', nights(1, 2, 4, 5), nightStartMs(5), nights(3)],
    ['returns two consecutive missing runs', nights(1, 4), nightStartMs(4), nights(2, 3)],
    ['does not report a late run', nights(1, 2.4, 3), nightStartMs(3), []],
    ['does not report a run that is only just due', nights(1, 2), nightStartMs(3) + 10 * HOUR, []],
    ['returns the latest run if it is overdue', nights(1, 2), nightStartMs(3) + 13 * HOUR, nights(3)],
    ['returns all runs since the last one', nights(1, 2), nightStartMs(6), nights(3, 4, 5)],
    ['returns nothing without any run', [], nightStartMs(9), []],
  ];
  for (const [title, instants, until, missing] of cases)
    test(`missingRunTimes ${title}`, () => assert.deepEqual(missingRunTimes(instants, DAY_MS, until), missing));

  test('spreads missing runs evenly between the actual runs', () => {
    const [early, late] = [nightStartMs(1) - HOUR, nightStartMs(3) + HOUR];
    assert.deepEqual(missingRunTimes([early, late], DAY_MS, late), [(early + late) / 2]);
  });
});
