import { type Evidence, windowRows } from '../../evidence/index.ts';
import { formatDuration, formatMs, mean, median } from '../../numbers/index.ts';
import type { Period } from './periods.ts';
import { certainAbsence, type DiagnosisRule, supportingSignal, uncertainAbsence } from './rule.ts';

/** The first windows are slow by so much, in relation to all others and in ms. */
const TIMES_SLOWER = 3;
const SLOWER_BY_MS = 200;
/** The part of the windows that may be the start of a run. */
const START = 0.25;
const FEWEST_WINDOWS = 8;
const FEWEST_REQUESTS = 5;
/** Refusals are quick: windows with more errors are not compared. */
const MOST_ERRORS = 0.1;

interface Start extends Period {
  p95Ms: number;
  p50Ms: number;
  laterP95Ms: number;
  laterP50Ms: number;
}

/** Windows with requests enough to tell. */
const tellingOf = ({ windows }: Evidence) =>
  windowRows(windows).flatMap((row) => {
    const { p50Ms, p95Ms, requests, errors } = row;
    const tells = requests >= FEWEST_REQUESTS && errors <= MOST_ERRORS * requests;
    return tells && p50Ms !== null && p95Ms !== null ? [{ ...row, p50Ms, p95Ms }] : [];
  });

/** The first windows, as long as they are slow; null where they are not, or where later ones are slow as well. */
function slowStart(evidence: Evidence): Start | null {
  const telling = tellingOf(evidence);
  if (telling.length < FEWEST_WINDOWS) return null;
  const usual = median(telling.map(({ p95Ms }) => p95Ms));
  const bound = Math.max(TIMES_SLOWER * usual, usual + SLOWER_BY_MS);
  const end = telling.findIndex(({ p95Ms }) => p95Ms < bound);
  const start = telling.slice(0, Math.max(0, end));
  const later = telling.slice(start.length);
  const [first, last] = [start[0], start.at(-1)];
  if (!first || !last || start.length > START * telling.length) return null;
  if (later.some(({ p95Ms }) => p95Ms >= bound)) return null;
  // Where everybody begins at once, it is the load that is not usual.
  if (mean(start.map(({ requests }) => requests)) > mean(later.map(({ requests }) => requests))) return null;
  return {
    fromMs: first.fromMs,
    toMs: last.toMs,
    p95Ms: Math.max(...start.map(({ p95Ms }) => p95Ms)),
    p50Ms: median(start.map(({ p50Ms }) => p50Ms)),
    laterP95Ms: median(later.map(({ p95Ms }) => p95Ms)),
    laterP50Ms: median(later.map(({ p50Ms }) => p50Ms)),
  };
}

export const coldStart: DiagnosisRule = {
  cause: 'cold-start',
  title: 'Cold start',
  alternatives: ['process-crash', 'database-pool-exhausted', 'cpu-saturated'],

  suspect(evidence) {
    const start = slowStart(evidence);
    if (!start) return null;
    const { toMs, p95Ms, p50Ms, laterP95Ms, laterP50Ms } = start;
    return {
      signals: [
        supportingSignal(
          start,
          `p95 was ${formatMs(p95Ms)} in the first ${formatDuration(toMs)}, and ${formatMs(laterP95Ms)} from then on`,
        ),
        supportingSignal(start, 'the load was no higher than later'),
        p50Ms >= TIMES_SLOWER * laterP50Ms &&
          supportingSignal(
            start,
            `so was every other request: p50 ${formatMs(p50Ms)}, and then ${formatMs(laterP50Ms)}`,
          ),
      ],
      recommendation: `Warm the target up before it gets traffic: open its connections, fill its caches and send it some requests, and let it report that it is ready only then. It took ${formatDuration(toMs)}.`,
      effect: { slowPeriods: [start] },
    };
  },

  absence(evidence) {
    const telling = tellingOf(evidence);
    const [first] = telling;
    if (!first || telling.length < FEWEST_WINDOWS)
      return uncertainAbsence(
        `a cold start: ${telling.length} of the ${FEWEST_WINDOWS} windows that it takes to tell`,
      );
    return certainAbsence(
      `p95 was ${formatMs(first.p95Ms)} in the first window, and ${formatMs(median(telling.map(({ p95Ms }) => p95Ms)))} in the middle of all`,
    );
  },
};
