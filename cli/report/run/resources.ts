import {
  type GeneratorFigures,
  type IndexFigures,
  type PostgresqlDetails,
  PROBES,
  PROCESS_COLUMNS,
  type ProbeName,
  type QueryFigures,
  type RedisDetails,
  type Result,
  type Samples,
} from '../../../lib/core/evidence/index.ts';
import { formatCount, formatMs, formatShare, formatValue } from '../../../lib/core/numbers/index.ts';
import {
  absentBlock,
  NO_VALUE,
  numberColumns,
  section,
  tableBlock,
  tableOrAbsent,
  textBlock,
  timeChartBlock,
  valuesTable,
} from '../block-builders.ts';
import { capitalize, formatRange } from '../format.ts';
import type { Block, Section } from '../report-document.ts';
import { evenPeriodLengthMs, evenPeriods, indexesByPeriod } from './even-periods.ts';
import { PROCESS_TOPICS, probeTitle, type ResourceTopic, topicsOf } from './resource-topics.ts';
import { figureOverRun, maximum } from './sample-figures.ts';

/** Memory, CPU, connections and caches of the target and of what it depends on. */
export function resourcesSection(result: Result): Section {
  const { resources } = result;
  const silent = PROBES.filter((probe) => !resources[probe]).map(probeTitle);
  return section(
    'resources',
    'Resources',
    silent.length === 0
      ? []
      : absentBlock(
          `No samples of: ${silent.join(', ')}. What was asked and did not answer is named in the notes; the rest was not asked.`,
        ),
    PROBES.flatMap((probe) => {
      const samples = resources[probe];
      return samples ? [probeSection(probe, samples, result)] : [];
    }),
  );
}

function probeSection(probe: ProbeName, samples: Samples, result: Result): Section {
  const { title, topics } = topicsOf(probe, samples);
  const blocks = topics.flatMap((topic) => topicBlocks(probe, topic, samples, result));
  return section(
    `resources-${probe}`,
    title,
    blocks.length > 0
      ? blocks
      : [absentBlock('It answered, but with none of the figures that are looked for.')],
  );
}

const ROWS = 10;

/** Charts and a table of one topic; nothing where the samples have nothing of it. @param id prefix of its charts */
function topicBlocks(id: string, topic: ResourceTopic, samples: Samples, { run }: Result): Block[] {
  const { atMs } = samples;
  const known = topic.figures
    .map((figure) => ({ ...figure, values: atMs.map((_, i) => figure.of(samples, [i])) }))
    .filter(({ values }) => values.some((value) => value !== null));
  if (known.length === 0) return [];
  return [
    ...[...Map.groupBy(known, ({ unit }) => unit)].map(([unit, figures]) =>
      timeChartBlock(run, {
        id: `${id}-${topic.id}-${unit}`,
        title: capitalize(figures.map(({ name }) => name).join(', ')),
        unit,
        atMs,
        series: figures.map(({ name, values }) => ({ name, values })),
      }),
    ),
    tableBlock(
      topic.title,
      ['Time', ...numberColumns(...known.map(({ name }) => capitalize(name)))],
      intervals(atMs, run).map(({ label, indexes }) => [
        label,
        ...known.map(({ of, unit }) => formatValue(of(samples, indexes), unit)),
      ]),
    ),
  ];
}

/** Before the load, even intervals of it, and after it: whether what the load took comes back is seen there. */
function intervals(
  atMs: readonly number[],
  { durationMs }: { durationMs: number },
): { label: string; indexes: number[] }[] {
  const places = [...atMs.keys()];
  const at = (i: number) => atMs[i] as number;
  const during = places.filter((i) => at(i) >= 0 && at(i) <= durationMs);
  const gaps = during.slice(1).map((i) => at(i) - at(i - 1));
  const stretches = evenPeriods(durationMs, evenPeriodLengthMs(durationMs, ROWS, Math.max(0, ...gaps)));
  const members = indexesByPeriod(stretches, during.map(at));
  return [
    { label: 'before', indexes: places.filter((i) => at(i) < 0) },
    ...stretches.map(({ fromMs, toMs }, i) => ({
      label: formatRange(fromMs, toMs),
      indexes: (members[i] ?? []).flatMap((place) => during[place] ?? []),
    })),
    { label: 'after', indexes: places.filter((i) => at(i) > durationMs) },
  ].filter(({ indexes }) => indexes.length > 0);
}

/** Whether the load was delivered as planned, and what that took. */
export function generatorSection(result: Result): Section {
  const { generator, totals } = result;
  const { droppedIterations, vusMax, vusPlanned, requestsByK6, telemetryOverflowed, samples } = generator;
  const due = totals.iterations + droppedIterations;
  const sampled = PROCESS_TOPICS.flatMap((topic) => topicBlocks('generator', topic, samples, result));
  return section('generator', 'Load generator', [
    valuesTable('Delivery of the load', [
      ['VUs reached', vusMax],
      ['VUs planned', vusPlanned || null],
      ['Iterations', totals.iterations],
      ['Dropped iterations', droppedIterations],
      ['Share dropped', formatShare(droppedIterations, due)],
      ['Requests by telemetry', totals.requests],
      ['Requests by k6', requestsByK6],
      ['More sets of tags than k6 keeps apart', telemetryOverflowed ? 'yes' : 'no'],
    ]),
    result.generators ? generatorsTable(result.generators) : null,
    ...(sampled.length > 0
      ? sampled
      : [absentBlock('CPU and memory of k6 are not known: they can be read on Linux only.')]),
  ]);
}

/** Each of several by itself. */
const generatorsTable = (generators: readonly GeneratorFigures[]): Block =>
  tableBlock(
    'Generators',
    [
      'Generator',
      'Outcome',
      ...numberColumns(
        'Telemetry',
        'Requests by telemetry',
        'Requests by k6',
        'VUs',
        'Dropped iterations',
        'Highest CPU share',
        'Most memory',
      ),
    ],
    generators.map((one) => [
      one.name,
      one.outcomeReason === null ? one.outcome : `${one.outcome}: ${one.outcomeReason}`,
      one.startMs === null || one.endMs === null ? NO_VALUE : formatRange(one.startMs, one.endMs),
      one.requests,
      one.requestsByK6,
      one.vusPlanned === 0
        ? formatCount(one.vusMax)
        : `${formatCount(one.vusMax)} of ${formatCount(one.vusPlanned)}`,
      one.droppedIterations,
      formatValue(figureOverRun(one.samples, maximum(PROCESS_COLUMNS.cpuShare)), 'fraction'),
      formatValue(figureOverRun(one.samples, maximum(PROCESS_COLUMNS.residentBytes)), 'bytes'),
    ]),
  );

/** What PostgreSQL says of the time of the run. */
export function postgresqlSection({ details: { postgresql } }: Result): Section {
  return section(
    'database',
    'PostgreSQL in detail',
    postgresql
      ? [totals(postgresql), queries(postgresql.queries), indexes(postgresql.indexes)]
      : absentBlock('PostgreSQL was not asked, or did not answer at the end of the run.'),
  );
}

const totals = ({ cacheHitRate, commits, rollbacks, deadlocks }: PostgresqlDetails): Block =>
  valuesTable('Over the whole run', [
    ['Blocks found in the cache', formatValue(cacheHitRate, 'fraction')],
    ['Commits', commits],
    ['Rollbacks', rollbacks],
    ['Share of rollbacks', formatShare(rollbacks, commits + rollbacks)],
    ['Deadlocks', deadlocks],
  ]);

function queries(figures: readonly QueryFigures[] | null): Block {
  if (figures === null) return absentBlock('Queries are not counted: the database lacks pg_stat_statements.');
  return tableOrAbsent(
    'No query was counted.',
    'Queries, by the time they took together',
    ['Query', ...numberColumns('Calls', 'Mean', 'Longest', 'Share of time')],
    figures.map(({ query, calls, meanMs, maxMs, share }) => [
      shortenQuery(query),
      calls,
      formatMs(meanMs),
      formatValue(maxMs, 'ms'),
      formatValue(share, 'fraction'),
    ]),
  );
}

const QUERY_LENGTH = 160;

/** On one line, and no longer than it takes to know it again. */
export function shortenQuery(query: string): string {
  const line = query.replace(/\s+/g, ' ').trim();
  return line.length > QUERY_LENGTH ? `${line.slice(0, QUERY_LENGTH - 1)}…` : line;
}

function indexes(figures: readonly IndexFigures[]): Block {
  return tableOrAbsent(
    'The database has no index.',
    'Indexes',
    ['Index', 'Table', ...numberColumns('Scans', 'Found in the cache', 'Size')],
    figures.map(({ name, table: of, scans, hitRate, sizeBytes }) => [
      name,
      of,
      scans,
      formatValue(hitRate, 'fraction'),
      formatValue(sizeBytes, 'bytes'),
    ]),
  );
}

/** What Redis says of the time of the run. */
export function redisSection({ details: { redis } }: Result): Section {
  return section(
    'redis',
    'Redis in detail',
    redis
      ? [redisTotals(redis), ...keys(redis.keys)]
      : absentBlock('Redis was not asked, or did not answer at the end of the run.'),
  );
}

const redisTotals = ({ hitRate, evictions, maxMemoryBytes, evictionPolicy }: RedisDetails): Block =>
  valuesTable('Over the whole run', [
    ['Hit rate', formatValue(hitRate, 'fraction')],
    ['Evictions', evictions],
    ['Limit of memory', maxMemoryBytes === null ? 'none' : formatValue(maxMemoryBytes, 'bytes')],
    ['Eviction policy', evictionPolicy],
  ]);

function keys(found: RedisDetails['keys']): Block[] {
  if (found === null) return [absentBlock('Keys were not looked at: the scan is off unless asked for.')];
  return [
    textBlock(`${formatCount(found.scanned)} of ${formatCount(found.total)} keys were looked at.`),
    tableBlock(
      'Keys by the part before their first colon',
      ['Key', ...numberColumns('Keys', 'Memory')],
      found.prefixes.map(({ prefix, count, bytes }) => [prefix, count, formatValue(bytes, 'bytes')]),
    ),
  ];
}
