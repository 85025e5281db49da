import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DAY_MS, nightStartMs } from '../../testing/history.ts';
import { inferredCadenceMs, missingRunTimes } from './missing-runs.ts';

const HOUR = DAY_MS / 24;
const nights = (...numbers: number[]) => numbers.map(nightStartMs);
/** The same, some minutes off. */
const uneven = (instants: number[]) => instants.map((ms, i) => ms + ((i * 37) % 90) * 60_000);

describe('how often runs are', () => {
  const cases: [what: string, instants: number[], every: number | null][] = [
    ['every night', nights(1, 2, 3, 4, 5), DAY_MS],
    ['every night, at about the same time', uneven(nights(1, 2, 3, 4, 5, 6, 7)), DAY_MS],
    ['every night, with two missing', nights(1, 2, 3, 5, 6, 7, 9, 10), DAY_MS],
    [
      'every night, and some by hand',
      [...nights(1, 2, 3, 4, 5, 6, 7, 8), nightStartMs(3) + 9 * HOUR].sort((a, b) => a - b),
      DAY_MS,
    ],
    ['every week', nights(1, 8, 15, 22, 29), 7 * DAY_MS],
    ['every six hours', nights(1, 1.25, 1.5, 1.75, 2), 6 * HOUR],
    ['too few to tell', nights(1, 2, 3, 4), null],
    ['as they come', nights(1, 1.1, 3.4, 4, 7.2, 7.5, 12), null],
    ['one after the other', nights(1, 1.001, 1.002, 1.003, 1.004), null],
    ['none', [], null],
  ];
  for (const [what, instants, every] of cases)
    test(`${what}: ${every === null ? 'nobody knows' : `${every / HOUR} h`}`, () => {
      assert.equal(inferredCadenceMs(instants), every);
    });
});

describe('missing runs', () => {
  const cases: [what: string, instants: number[], until: number, missing: number[]][] = [
    ['none', nights(1, 2, 3), nightStartMs(3) + HOUR, []],
    ['one', nights(1, 2, 4, 5), nightStartMs(5), nights(3)],
    ['two after each other', nights(1, 4), nightStartMs(4), nights(2, 3)],
    ['none for being late', nights(1, 2.4, 3), nightStartMs(3), []],
    ['none yet: the next is only due', nights(1, 2), nightStartMs(3) + 10 * HOUR, []],
    ['the latest', nights(1, 2), nightStartMs(3) + 13 * HOUR, nights(3)],
    ['all since', nights(1, 2), nightStartMs(6), nights(3, 4, 5)],
    ['none before the first', [], nightStartMs(9), []],
  ];
  for (const [what, instants, until, missing] of cases)
    test(what, () => assert.deepEqual(missingRunTimes(instants, DAY_MS, until), missing));

  test('lie between those that there were', () => {
    const [early, late] = [nightStartMs(1) - HOUR, nightStartMs(3) + HOUR];
    assert.deepEqual(missingRunTimes([early, late], DAY_MS, late), [(early + late) / 2]);
  });
});
