import {
  completeRows,
  counterRises,
  type Evidence,
  pointsOf,
  REDIS_COLUMNS,
  type Samples,
  TARGET_COLUMNS,
  totalIncrease,
} from '../../evidence/index.ts';
import { formatBytes, formatNumber, formatPercent, formatRate, pluralize } from '../../numbers/index.ts';
import { type Period, spanOf, wholeRun } from './periods.ts';
import {
  certainAbsence,
  type DiagnosisRule,
  directSignal,
  type Signal,
  supportingSignal,
  uncertainAbsence,
} from './rule.ts';

const FEWEST_LOOKUPS = 100;
/** Evictions a lookup, and the hit rate, from which on a cache works for nothing. */
const MANY_EVICTIONS = 0.1;
const LOW_HIT_RATE = 0.8;
const FULL = 0.95;
const REDIS = 'Redis';

interface Use {
  name: string;
  lookups: number;
  hitRate: number;
  evictions: number;
  span: Period;
}

const CACHES: readonly { name: string; of: (evidence: Evidence) => Samples | undefined; columns: Columns }[] =
  [
    {
      name: "the target's cache",
      of: ({ resources }) => resources.target,
      columns: {
        hits: TARGET_COLUMNS.cacheHits,
        misses: TARGET_COLUMNS.cacheMisses,
        evictions: TARGET_COLUMNS.cacheEvictions,
      },
    },
    {
      name: REDIS,
      of: ({ resources }) => resources.redis,
      columns: {
        hits: REDIS_COLUMNS.hits,
        misses: REDIS_COLUMNS.misses,
        evictions: REDIS_COLUMNS.evictions,
      },
    },
  ];
type Columns = Record<'hits' | 'misses' | 'evictions', string>;

/** What caches did, those that were asked often enough to tell. */
function usesOf(evidence: Evidence): Use[] {
  return CACHES.flatMap(({ name, of, columns }) => {
    const points = (column: string) => pointsOf(of(evidence), column);
    const hits = totalIncrease(points(columns.hits));
    const lookups = hits + totalIncrease(points(columns.misses));
    if (lookups < FEWEST_LOOKUPS) return [];
    const evicting = counterRises(points(columns.evictions)).filter(({ increase: by }) => by > 0);
    const evictions = evicting.reduce((sum, { increase: by }) => sum + by, 0);
    const span = evicting.length > 0 ? spanOf(evicting) : wholeRun(evidence);
    return [{ name, lookups, hitRate: hits / lookups, evictions, span }];
  });
}

export const cacheThrashing: DiagnosisRule = {
  cause: 'cache-thrashing',
  title: 'A cache thrashes',
  alternatives: ['process-crash', 'cold-start'],

  suspect(evidence) {
    const thrashing = usesOf(evidence).filter(
      ({ lookups, hitRate, evictions }) => evictions >= MANY_EVICTIONS * lookups && hitRate < LOW_HIT_RATE,
    );
    const [worst] = thrashing.sort((a, b) => a.hitRate - b.hitRate);
    if (!worst) return null;
    const { name, lookups, hitRate, evictions, span } = worst;
    const seconds = (span.toMs - span.fromMs) / 1000;
    // With keys asked for evenly, the hit rate is the part of them that has room.
    const times = 1 / Math.max(hitRate, 1 / lookups);
    return {
      signals: [
        directSignal(
          span,
          `${name} evicted ${pluralize(evictions, 'entry', 'entries')} in ${pluralize(lookups, 'lookup')}, ${formatRate(evictions / seconds)}`,
        ),
        supportingSignal(span, `it answered ${formatPercent(hitRate)} of them`),
        name === REDIS ? fullMemory(evidence) : null,
      ],
      recommendation: `Give ${name} more room, about ${formatNumber(times)} times as much where keys are asked for evenly, or keep less in it. ${formatRate((lookups * (1 - hitRate)) / seconds)} go on to what lies behind it.`,
      effect: {},
      configurable: true,
    };
  },

  absence(evidence) {
    const uses = usesOf(evidence);
    if (uses.length === 0) return uncertainAbsence('caches: none was asked often enough, or tells of it');
    return certainAbsence(
      uses
        .map(
          ({ name, hitRate, evictions }) =>
            `${name} answered ${formatPercent(hitRate)} of its lookups and evicted ${pluralize(evictions, 'entry', 'entries')}`,
        )
        .join(', '),
    );
  },
};

function fullMemory({ resources }: Evidence): Signal | null {
  const rows = completeRows(resources.redis, REDIS_COLUMNS.usedBytes, REDIS_COLUMNS.maxBytes);
  const full = rows.filter(({ usedBytes, maxBytes }) => usedBytes >= FULL * maxBytes);
  const [first, last] = [full[0], full.at(-1)];
  if (!first || !last) return null;
  return supportingSignal(
    { fromMs: first.atMs, toMs: last.atMs },
    `its memory was full: ${formatBytes(last.usedBytes)} of ${formatBytes(last.maxBytes)}`,
  );
}
