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

/** Builds the section about memory, CPU, connections and caches of the target and its dependencies. */
export function resourcesSection(result: Result): Section {
  const { resources } = result;
  const silent = PROBES.filter((probe) => !resources[probe]).map(probeTitle);
  return section(
    'resources',
    'Resources',
    silent.length === 0
      ? []
      : absentBlock(
          `Probes without samples: ${silent.join(', ')}. The notes name those that failed. The rest were not configured.`,
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
      : [absentBlock('The probe received data, but the data contained none of the expected metrics.')],
  );
}

const MAX_ROWS = 10;

/**
 * Builds the charts and the table of a topic. Returns an empty list if the samples have no data for the topic.
 * @param id prefix of the chart IDs
 */
function topicBlocks(id: string, topic: ResourceTopic, samples: Samples, { run }: Result): Block[] {
  const { atMs } = samples;
  const measured = topic.figures
    .map((figure) => ({ ...figure, values: atMs.map((_, i) => figure.compute(samples, [i])) }))
    .filter(({ values }) => values.some((value) => value !== null));
  if (measured.length === 0) return [];
  return [
    ...[...Map.groupBy(measured, ({ unit }) => unit)].map(([unit, figures]) =>
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
      ['Time', ...numberColumns(...measured.map(({ name }) => capitalize(name)))],
      sampleRows(atMs, run).map(({ label, indexes }) => [
        label,
        ...measured.map(({ compute, unit }) => formatValue(compute(samples, indexes), unit)),
      ]),
    ),
  ];
}

/**
 * Returns rows for the time before, during and after the load. The last row shows whether the target released its
 * resources.
 */
function sampleRows(
  atMs: readonly number[],
  { durationMs }: { durationMs: number },
): { label: string; indexes: number[] }[] {
  const all = [...atMs.keys()];
  const timeOf = (i: number) => atMs[i] as number;
  const during = all.filter((i) => timeOf(i) >= 0 && timeOf(i) <= durationMs);
  const gaps = during.slice(1).map((i) => timeOf(i) - timeOf(i - 1));
  const periods = evenPeriods(durationMs, evenPeriodLengthMs(durationMs, MAX_ROWS, Math.max(0, ...gaps)));
  const indexesInPeriod = indexesByPeriod(periods, during.map(timeOf));
  return [
    { label: 'before', indexes: all.filter((i) => timeOf(i) < 0) },
    ...periods.map(({ fromMs, toMs }, i) => ({
      label: formatRange(fromMs, toMs),
      indexes: (indexesInPeriod[i] ?? []).flatMap((position) => during[position] ?? []),
    })),
    { label: 'after', indexes: all.filter((i) => timeOf(i) > durationMs) },
  ].filter(({ indexes }) => indexes.length > 0);
}

/** Builds the section about the load generator: whether it sent the planned load, and the resources that k6 used. */
export function generatorSection(result: Result): Section {
  const { generator, totals } = result;
  const { droppedIterations, vusMax, vusPlanned, requestsByK6, telemetryOverflowed, samples } = generator;
  const offered = totals.iterations + droppedIterations;
  const sampled = PROCESS_TOPICS.flatMap((topic) => topicBlocks('generator', topic, samples, result));
  return section('generator', 'Load generator', [
    valuesTable('Delivered load', [
      ['VUs reached', vusMax],
      ['VUs planned', vusPlanned || null],
      ['Iterations', totals.iterations],
      ['Dropped iterations', droppedIterations],
      ['Share dropped', formatShare(droppedIterations, offered)],
      ['Requests by telemetry', totals.requests],
      ['Requests by k6', requestsByK6],
      ['Tag limit of k6 exceeded', telemetryOverflowed ? 'yes' : 'no'],
    ]),
    result.generators ? generatorsTable(result.generators) : null,
    ...(sampled.length > 0
      ? sampled
      : [absentBlock('CPU and memory of k6 were not measured. They can be measured only on Linux.')]),
  ]);
}

/** Builds a table with one row per generator. Returns an empty list if the run had only one generator. */
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
        'CPU (max)',
        'Memory (max)',
      ),
    ],
    generators.map((generator) => [
      generator.name,
      generator.outcomeReason === null ? generator.outcome : `${generator.outcome}: ${generator.outcomeReason}`,
      generator.startMs === null || generator.endMs === null
        ? NO_VALUE
        : formatRange(generator.startMs, generator.endMs),
      generator.requests,
      generator.requestsByK6,
      generator.vusPlanned === 0
        ? formatCount(generator.vusMax)
        : `${formatCount(generator.vusMax)} of ${formatCount(generator.vusPlanned)}`,
      generator.droppedIterations,
      formatValue(figureOverRun(generator.samples, maximum(PROCESS_COLUMNS.cpuShare)), 'fraction'),
      formatValue(figureOverRun(generator.samples, maximum(PROCESS_COLUMNS.residentBytes)), 'bytes'),
    ]),
  );

/** Builds the section about the statistics of PostgreSQL, which cover the time of the run. */
export function postgresqlSection({ details: { postgresql } }: Result): Section {
  return section(
    'database',
    'PostgreSQL details',
    postgresql
      ? [totals(postgresql), queries(postgresql.queries), indexes(postgresql.indexes)]
      : absentBlock('PostgreSQL was not sampled, or did not respond at the end of the run.'),
  );
}

const totals = ({ cacheHitRate, commits, rollbacks, deadlocks }: PostgresqlDetails): Block =>
  valuesTable('Over the whole run', [
    ['Cache hit rate', formatValue(cacheHitRate, 'fraction')],
    ['Commits', commits],
    ['Rollbacks', rollbacks],
    ['Share of rollbacks', formatShare(rollbacks, commits + rollbacks)],
    ['Deadlocks', deadlocks],
  ]);

function queries(figures: readonly QueryFigures[] | null): Block {
  if (figures === null)
    return absentBlock(
      'Queries were not counted, because the database does not have the extension pg_stat_statements.',
    );
  return tableOrAbsent(
    'No queries were counted.',
    'Queries by total time',
    ['Query', ...numberColumns('Calls', 'Mean', 'Max', 'Share of time')],
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

/** Puts a query on one line and shortens it. */
export function shortenQuery(query: string): string {
  const line = query.replace(/\s+/g, ' ').trim();
  return line.length > QUERY_LENGTH ? `${line.slice(0, QUERY_LENGTH - 1)}…` : line;
}

function indexes(figures: readonly IndexFigures[]): Block {
  return tableOrAbsent(
    'The database has no indexes.',
    'Indexes',
    ['Index', 'Table', ...numberColumns('Scans', 'Cache hit rate', 'Size')],
    figures.map(({ name, table, scans, hitRate, sizeBytes }) => [
      name,
      table,
      scans,
      formatValue(hitRate, 'fraction'),
      formatValue(sizeBytes, 'bytes'),
    ]),
  );
}

/** Builds the section about the statistics of Redis, which cover the time of the run. */
export function redisSection({ details: { redis } }: Result): Section {
  return section(
    'redis',
    'Redis details',
    redis
      ? [redisTotals(redis), ...keys(redis.keys)]
      : absentBlock('Redis was not sampled, or did not respond at the end of the run.'),
  );
}

const redisTotals = ({ hitRate, evictions, maxMemoryBytes, evictionPolicy }: RedisDetails): Block =>
  valuesTable('Over the whole run', [
    ['Hit rate', formatValue(hitRate, 'fraction')],
    ['Evictions', evictions],
    ['Memory limit', maxMemoryBytes === null ? 'none' : formatValue(maxMemoryBytes, 'bytes')],
    ['Eviction policy', evictionPolicy],
  ]);

function keys(found: RedisDetails['keys']): Block[] {
  if (found === null)
    return [absentBlock('Keys were not scanned. Set TARGET_REDIS_SCAN_KEYS to scan them after the run.')];
  return [
    textBlock(`${formatCount(found.scanned)} of ${formatCount(found.total)} keys were scanned.`),
    tableBlock(
      'Keys by prefix (up to the first colon)',
      ['Prefix', ...numberColumns('Keys', 'Memory')],
      found.prefixes.map(({ prefix, count, bytes }) => [prefix, count, formatValue(bytes, 'bytes')]),
    ),
  ];
}
