import { type Result, TARGET_COLUMNS } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatDuration, formatValue } from '../../../lib/core/numbers/index.ts';
import { numberColumns, section, tableBlock } from '../block-builders.ts';
import { formatInstant, formatRange, formatScale } from '../format.ts';
import type { Section, Table } from '../report-document.ts';
import { figureOverRun, maximum } from './sample-figures.ts';

type Fact = [name: string, value: string | number | null];
/**
 * Functions that read facts from the result of a run, by the name of the fact. A function returns null if the run did
 * not record the fact.
 */
export type FactReaders = Record<string, (result: Result) => string | number | null>;

/** Builds the section about the test, load, target and tools of a run, as recorded by the run. */
export function configurationSection(result: Result): Section {
  return section('configuration', 'Configuration', [
    facts('Run', runFacts(result)),
    facts('Load', loadFacts(result)),
    phasesTable(result),
    facts('Target', targetFacts(result)),
    facts('Versions and machine', factsOf(TOOL_FACTS, result)),
  ]);
}

const facts = (caption: string, rows: Fact[]): Table & { kind: 'table' } =>
  tableBlock(caption, ['Name', 'Value'], rows);

/** @param prefix the kind of the values, for example `Label` */
export const prefixedEntries = (prefix: string, values: Record<string, string>): [name: string, value: string][] =>
  Object.entries(values).map(([name, value]) => [`${prefix} ${name}`, value]);

function runFacts({ run, fingerprint }: Result): Fact[] {
  return [
    ['Run', run.id],
    ['Test', `${run.product}/${run.test}: ${run.description}`],
    ['Started', formatInstant(run.startedAt)],
    ['Ended', formatInstant(run.endedAt)],
    ['Duration', formatDuration(run.durationMs)],
    ['Outcome', run.outcomeReason === null ? run.outcome : `${run.outcome}: ${run.outcomeReason}`],
    ...prefixedEntries('Label', run.labels),
    ['Fingerprint', fingerprint.hash],
    [
      'Fingerprint parts',
      Object.entries(fingerprint.parts)
        .map(([part, value]) => `${part}: ${value}`)
        .join('; '),
    ],
  ];
}

function loadFacts({ run: { workload, scale, seed }, generators }: Result): Fact[] {
  return [
    ...(generators ? [['Generators', generators.length] satisfies Fact] : []),
    ['Workload', `${workload.kind}, ${workload.model} model`],
    ['Peak VUs', workload.peakVUs],
    ['Planned duration', formatDuration(workload.durationMs)],
    ['Scale', formatScale(scale)],
    ['Seed', String(seed)],
  ];
}

const phasesTable = ({ run: { workload } }: Result) =>
  tableBlock(
    'Planned phases',
    ['Phase', ...numberColumns('Period', 'Duration')],
    workload.phases.map(({ name, startMs, endMs }) => [
      name,
      formatRange(startMs, endMs),
      formatDuration(endMs - startMs),
    ]),
  );

/** Versions and limits of the target as measured during the run. They can differ from the configuration. */
export const TARGET_FACTS: FactReaders = {
  'Connection pool size': ({ resources }) => figureOverRun(resources.target, maximum(TARGET_COLUMNS.connectionsMax)),
  PostgreSQL: ({ details }) => details.postgresql?.version ?? null,
  'PostgreSQL connection limit': ({ details }) => details.postgresql?.maxConnections ?? null,
  Redis: ({ details }) => details.redis?.version ?? null,
  'Redis memory limit': ({ details: { redis } }) =>
    redis && (redis.maxMemoryBytes === null ? 'no limit' : formatValue(redis.maxMemoryBytes, 'bytes')),
  'Redis eviction policy': ({ details }) => details.redis?.evictionPolicy ?? null,
};

export const TOOL_FACTS: FactReaders = {
  Suite: ({ run }) => run.versions.suite,
  k6: ({ run }) => run.versions.k6,
  Node: ({ run }) => run.versions.node,
  Commit: ({ run }) => run.commits.suite,
  'Load generator machine': ({ run: { host } }) =>
    `${host.platform}, ${formatCount(host.cores)} cores, ${formatValue(host.memoryBytes, 'bytes')} of memory`,
};

const factsOf = (readers: FactReaders, result: Result): Fact[] =>
  Object.entries(readers).map(([name, read]) => [name, read(result)]);

const targetFacts = (result: Result): Fact[] => [
  ['Environment', result.run.environment],
  ['URL', result.run.target],
  ...prefixedEntries('Setting', result.run.targetSettings ?? {}),
  ...factsOf(TARGET_FACTS, result).filter(([, value]) => value !== null),
];
