import { type Result, TARGET_COLUMNS } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatDuration, formatValue } from '../../../lib/core/numbers/index.ts';
import { numberColumns, section, tableBlock } from '../block-builders.ts';
import { formatInstant, formatRange, formatScale } from '../format.ts';
import type { Section, Table } from '../report-document.ts';
import { figureOverRun, maximum } from './sample-figures.ts';

type Fact = [name: string, value: string | number | null];
/** What a run found of its surroundings; null where it did not. */
export type FactReaders = Record<string, (result: Result) => string | number | null>;

/** What was run against what, as the run itself recorded it. */
export function configurationSection(result: Result): Section {
  return section('configuration', 'Configuration', [
    facts('Run', runFacts(result)),
    facts('Load', loadFacts(result)),
    phasesTable(result),
    facts('Target', targetFacts(result)),
    facts('Made with', factsOf(TOOL_FACTS, result)),
  ]);
}

const facts = (caption: string, rows: Fact[]): Table & { kind: 'table' } =>
  tableBlock(caption, ['What', 'Value'], rows);

/** @param what each of them is: `Label` */
export const prefixedEntries = (
  what: string,
  values: Record<string, string>,
): [name: string, value: string][] =>
  Object.entries(values).map(([name, value]) => [`${what} ${name}`, value]);

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
      'Fingerprint of',
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
    ['Most VUs', workload.peakVUs],
    ['Planned duration', formatDuration(workload.durationMs)],
    ['Scale', formatScale(scale)],
    ['Seed', String(seed)],
  ];
}

const phasesTable = ({ run: { workload } }: Result) =>
  tableBlock(
    'Phases as planned',
    ['Phase', ...numberColumns('From and to', 'Duration')],
    workload.phases.map(({ name, startMs, endMs }) => [
      name,
      formatRange(startMs, endMs),
      formatDuration(endMs - startMs),
    ]),
  );

/** Limits are those that the target showed while it was measured, and not those that it was told. */
export const TARGET_FACTS: FactReaders = {
  'Size of the connection pool': ({ resources }) =>
    figureOverRun(resources.target, maximum(TARGET_COLUMNS.connectionsMax)),
  PostgreSQL: ({ details }) => details.postgresql?.version ?? null,
  'Most connections of PostgreSQL': ({ details }) => details.postgresql?.maxConnections ?? null,
  Redis: ({ details }) => details.redis?.version ?? null,
  'Most memory of Redis': ({ details: { redis } }) =>
    redis && (redis.maxMemoryBytes === null ? 'no limit' : formatValue(redis.maxMemoryBytes, 'bytes')),
  'Eviction policy of Redis': ({ details }) => details.redis?.evictionPolicy ?? null,
};

export const TOOL_FACTS: FactReaders = {
  Suite: ({ run }) => run.versions.suite,
  k6: ({ run }) => run.versions.k6,
  Node: ({ run }) => run.versions.node,
  Commit: ({ run }) => run.gitCommit,
  'Machine of the load generator': ({ run: { host } }) =>
    `${host.platform}, ${formatCount(host.cores)} cores, ${formatValue(host.memoryBytes, 'bytes')} of memory`,
};

const factsOf = (known: FactReaders, result: Result): Fact[] =>
  Object.entries(known).map(([name, fact]) => [name, fact(result)]);

const targetFacts = (result: Result): Fact[] => [
  ['Environment', result.run.environment],
  ['URL', result.run.target],
  ...prefixedEntries('Setting', result.run.targetSettings ?? {}),
  ...factsOf(TARGET_FACTS, result).filter(([, value]) => value !== null),
];
