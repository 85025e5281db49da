import { type Result, TARGET_COLUMNS } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatDuration, formatValue } from '../../../lib/core/numbers/index.ts';
import type { Section, Table } from '../document.ts';
import { formatInstant, formatRange, formatScale } from '../format.ts';
import { NOTHING, right, table } from './blocks.ts';
import { most } from './figures-of-samples.ts';

type Fact = [name: string, value: string];

/** What was run against what, as the run itself recorded it. */
export function configurationSection(result: Result): Section {
  return {
    id: 'configuration',
    title: 'Configuration',
    blocks: [
      facts('Run', runFacts(result)),
      facts('Load', loadFacts(result)),
      phasesTable(result),
      facts('Target', targetFacts(result)),
      facts('Made with', toolFacts(result)),
    ],
  };
}

const facts = (caption: string, rows: Fact[]): Table & { kind: 'table' } =>
  table(caption, ['What', 'Value'], rows);

function runFacts({ run, fingerprint }: Result): Fact[] {
  return [
    ['Run', run.id],
    ['Test', `${run.product}/${run.test}: ${run.description}`],
    ['Started', formatInstant(run.startedAt)],
    ['Ended', formatInstant(run.endedAt)],
    ['Duration', formatDuration(run.durationMs)],
    ['Outcome', run.outcomeReason === null ? run.outcome : `${run.outcome}: ${run.outcomeReason}`],
    ...Object.entries(run.labels).map(([name, value]): Fact => [`Label ${name}`, value]),
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
    ...(generators ? [['Generators', formatCount(generators.length)] satisfies Fact] : []),
    ['Workload', `${workload.kind}, ${workload.model} model`],
    ['Most VUs', formatCount(workload.peakVUs)],
    ['Planned duration', formatDuration(workload.durationMs)],
    ['Scale', formatScale(scale)],
    ['Seed', String(seed)],
  ];
}

const phasesTable = ({ run: { workload } }: Result) =>
  table(
    'Phases as planned',
    ['Phase', ...right('From and to', 'Duration')],
    workload.phases.map(({ name, startMs, endMs }) => [
      name,
      formatRange(startMs, endMs),
      formatDuration(endMs - startMs),
    ]),
  );

/** Limits are those that the target showed while it was measured, and not those that it was told. */
function targetFacts({ run, resources: { target }, details: { postgresql, redis } }: Result): Fact[] {
  const pool = target ? most(TARGET_COLUMNS.connectionsMax)(target, [...target.atMs.keys()]) : null;
  return [
    ['Environment', run.environment],
    ['URL', run.target],
    ...Object.entries(run.targetSettings ?? {}).map(([name, value]): Fact => [`Setting ${name}`, value]),
    ...(pool === null ? [] : [['Size of the connection pool', formatCount(pool)] satisfies Fact]),
    ...(postgresql
      ? ([
          ['PostgreSQL', postgresql.version],
          ['Most connections of PostgreSQL', formatCount(postgresql.maxConnections)],
        ] satisfies Fact[])
      : []),
    ...(redis
      ? ([
          ['Redis', redis.version],
          [
            'Most memory of Redis',
            redis.maxMemoryBytes === null ? 'no limit' : formatValue(redis.maxMemoryBytes, 'bytes'),
          ],
          ['Eviction policy of Redis', redis.evictionPolicy],
        ] satisfies Fact[])
      : []),
  ];
}

function toolFacts({ run: { versions, gitCommit, host } }: Result): Fact[] {
  return [
    ['Suite', versions.suite],
    ['k6', versions.k6 ?? NOTHING],
    ['Node', versions.node],
    ['Commit', gitCommit ?? NOTHING],
    [
      'Machine of the load generator',
      `${host.platform}, ${formatCount(host.cores)} cores, ${formatValue(host.memoryBytes, 'bytes')} of memory`,
    ],
  ];
}
