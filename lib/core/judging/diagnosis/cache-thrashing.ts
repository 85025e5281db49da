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

const MIN_LOOKUPS = 100;
/** A cache thrashes with at least this many evictions per lookup and a hit rate below the limit. */
const MIN_EVICTIONS_PER_LOOKUP = 0.1;
const MAX_HIT_RATE = 0.8;
/** Redis counts as full from this share of its memory limit. */
const FULL_SHARE = 0.95;
const REDIS = 'Redis';

interface CacheUse {
  name: string;
  lookups: number;
  hitRate: number;
  evictions: number;
  span: Period;
}

const CACHES: readonly {
  name: string;
  samplesOf: (evidence: Evidence) => Samples | undefined;
  columns: Columns;
}[] = [
  {
    name: "the target's cache",
    samplesOf: ({ resources }) => resources.target,
    columns: {
      hits: TARGET_COLUMNS.cacheHits,
      misses: TARGET_COLUMNS.cacheMisses,
      evictions: TARGET_COLUMNS.cacheEvictions,
    },
  },
  {
    name: REDIS,
    samplesOf: ({ resources }) => resources.redis,
    columns: {
      hits: REDIS_COLUMNS.hits,
      misses: REDIS_COLUMNS.misses,
      evictions: REDIS_COLUMNS.evictions,
    },
  },
];
type Columns = Record<'hits' | 'misses' | 'evictions', string>;

/** Returns the usage figures of each cache with enough lookups. */
function usesOf(evidence: Evidence): CacheUse[] {
  return CACHES.flatMap(({ name, samplesOf, columns }) => {
    const points = (column: string) => pointsOf(samplesOf(evidence), column);
    const hits = totalIncrease(points(columns.hits));
    const lookups = hits + totalIncrease(points(columns.misses));
    if (lookups < MIN_LOOKUPS) return [];
    const evicting = counterRises(points(columns.evictions)).filter(({ increase }) => increase > 0);
    const evictions = evicting.reduce((total, { increase }) => total + increase, 0);
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
      ({ lookups, hitRate, evictions }) => evictions >= MIN_EVICTIONS_PER_LOOKUP * lookups && hitRate < MAX_HIT_RATE,
    );
    const [worst] = thrashing.sort((a, b) => a.hitRate - b.hitRate);
    if (!worst) return null;
    const { name, lookups, hitRate, evictions, span } = worst;
    const seconds = (span.toMs - span.fromMs) / 1000;
    // If all keys are equally popular, the hit rate is the share of the keys that fits into the cache.
    const sizeFactor = 1 / Math.max(hitRate, 1 / lookups);
    return {
      signals: [
        directSignal(
          span,
          `${name} evicted ${pluralize(evictions, 'entry', 'entries')} in ${pluralize(lookups, 'lookup')}, ${formatRate(evictions / seconds)}`,
        ),
        supportingSignal(span, `its hit rate was ${formatPercent(hitRate)}`),
        name === REDIS ? fullMemory(evidence) : null,
      ],
      recommendation: `Increase the size of ${name} to about ${formatNumber(sizeFactor)} times its current size (assuming that all keys are equally popular), or store less in the cache. Cache misses send ${formatRate((lookups * (1 - hitRate)) / seconds)} to the system behind the cache.`,
      effect: {},
      configurable: true,
    };
  },

  absence(evidence) {
    const uses = usesOf(evidence);
    if (uses.length === 0) return uncertainAbsence('caches: no cache reported enough lookups');
    return certainAbsence(
      uses
        .map(
          ({ name, hitRate, evictions }) =>
            `${name} had a hit rate of ${formatPercent(hitRate)} and evicted ${pluralize(evictions, 'entry', 'entries')}`,
        )
        .join(', '),
    );
  },
};

function fullMemory({ resources }: Evidence): Signal | null {
  const rows = completeRows(resources.redis, REDIS_COLUMNS.usedBytes, REDIS_COLUMNS.maxBytes);
  const full = rows.filter(({ usedBytes, maxBytes }) => usedBytes >= FULL_SHARE * maxBytes);
  const [first, last] = [full[0], full.at(-1)];
  if (!first || !last) return null;
  return supportingSignal(
    { fromMs: first.atMs, toMs: last.atMs },
    `its memory was full: ${formatBytes(last.usedBytes)} of ${formatBytes(last.maxBytes)}`,
  );
}
