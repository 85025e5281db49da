/** Builders for tests of several generators. */

import type { GeneratorFigures } from '../evidence/index.ts';
import { METRICS } from '../metrics/index.ts';
import type { GeneratorExit, Window } from '../telemetry/index.ts';
import { counterSeries, requestSeries, summaryWith, windowAt } from './evidence.ts';

/** A window that starts `startS` seconds after the start of the run, with the given number of requests. */
export const generatorWindow = (
  startS: number,
  requests: number,
  { vus = 1, lengthS = 5, overflowed = false } = {},
): Window =>
  windowAt(
    startS,
    [
      ...requestSeries(
        'GET /items/:id',
        Array.from({ length: requests }, (_, i) => 10 + i),
      ),
      counterSeries(METRICS.iterations, requests),
      counterSeries(METRICS.vus, vus),
    ],
    { lengthS, overflowed },
  );

/** A generator that completed and counted the given number of requests. */
export const generatorEnd = (name: string, requests: number, parts: Partial<GeneratorExit> = {}): GeneratorExit => ({
  name,
  outcome: 'completed',
  reason: null,
  summary: summaryWith({ requests, vusMax: 1 }),
  ...parts,
});

/** Figures of a generator that completed its half of 1,000 requests. */
export const generatorFiguresWith = (name: string, parts: Partial<GeneratorFigures> = {}): GeneratorFigures => ({
  name,
  outcome: 'completed',
  outcomeReason: null,
  startMs: 0,
  endMs: 60_000,
  durationMs: 60_000,
  requests: 500,
  iterations: 500,
  lateWindows: 0,
  droppedIterations: 0,
  vusMax: 5,
  vusPlanned: 5,
  requestsByK6: 500,
  telemetryOverflowed: false,
  samples: { atMs: [], columns: {} },
  ...parts,
});
