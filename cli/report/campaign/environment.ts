import type { Campaign, Tested } from '../../../lib/core/across-runs/index.ts';
import { PM2_COLUMNS, type Result, TARGET_COLUMNS } from '../../../lib/core/evidence/index.ts';
import { formatCount, formatValue } from '../../../lib/core/numbers/index.ts';
import type { Cell, Section } from '../document.ts';
import { formatScale } from '../format.ts';
import { absent, list, table, text } from '../run/blocks.ts';
import { most } from '../run/figures-of-samples.ts';
import { over, type Ran, ranOf } from './tested.ts';

type Fact = (result: Result) => string | null;

const count = (value: number | null | undefined) => (value == null ? null : formatCount(value));

/** As each run found it, and not as somebody says it is. */
const FACTS: Record<string, Fact> = {
  Environment: ({ run }) => run.environment,
  'Size of the connection pool': ({ resources }) =>
    count(over(resources.target, most(TARGET_COLUMNS.connectionsMax))),
  PostgreSQL: ({ details }) => details.postgresql?.version ?? null,
  'Most connections of PostgreSQL': ({ details }) => count(details.postgresql?.maxConnections),
  Redis: ({ details }) => details.redis?.version ?? null,
  'Most memory of Redis': ({ details: { redis } }) =>
    redis && (redis.maxMemoryBytes === null ? 'no limit' : formatValue(redis.maxMemoryBytes, 'bytes')),
  'Eviction policy of Redis': ({ details }) => details.redis?.evictionPolicy ?? null,
  'Processes under PM2': ({ resources }) => count(over(resources.pm2, most(PM2_COLUMNS.processes))),
  k6: ({ run }) => run.versions.k6,
  'Load generator': ({ run: { host } }) =>
    `${host.platform}, ${formatCount(host.cores)} cores, ${formatValue(host.memoryBytes, 'bytes')} of memory`,
  Suite: ({ run }) => run.versions.suite,
  Node: ({ run }) => run.versions.node,
  Commit: ({ run }) => run.gitCommit,
  Seed: ({ run }) => String(run.seed),
  Scale: ({ run: { scale } }) => formatScale(scale),
};

/** What was tested, where, and with what. */
export function environmentSection({ settings }: Campaign, tests: readonly Tested[]): Section {
  const ran = ranOf(tests);
  const given = Object.entries({
    ...named('Label', settings.labels),
    ...named('Setting', settings.targetSettings ?? {}),
  }).map(([name, value]): Cell[] => [name, value, 'all tests']);
  const unknown = Object.entries(FACTS).flatMap(([name, fact]) =>
    ran.every(({ result }) => fact(result) === null) ? [name] : [],
  );
  return {
    id: 'environment',
    title: 'Environment and configuration',
    blocks:
      ran.length === 0
        ? [absent('No test was run.')]
        : [
            table(
              'As measured',
              ['What', 'Value', 'In'],
              [
                ['Target', targetOf(settings, ran), 'all tests'],
                ...given,
                ...Object.entries(FACTS).flatMap(([name, fact]) => factRows(name, fact, ran)),
              ],
            ),
            ...(unknown.length > 0 ? [text('Not measured:'), list(unknown)] : []),
          ],
  };
}

const named = (what: string, values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${what} ${name}`, value]));

/** A service of its own has another port in every run. */
const targetOf = ({ apiUrl, environment }: Campaign['settings'], [first]: readonly Ran[]): string =>
  apiUrl === null && environment === 'local'
    ? 'a reference service of its own for each test'
    : (apiUrl ?? first?.result.run.target ?? '');

/** One row where all tests agree, else one for each value. */
function factRows(name: string, fact: Fact, ran: readonly Ran[]): Cell[][] {
  const values = new Set(ran.map(({ result }) => fact(result)).filter((value) => value !== null));
  return [...values].map((value) => {
    const having = ran.filter(({ result }) => fact(result) === value);
    return [
      name,
      value,
      having.length === ran.length ? 'all tests' : having.map(({ test }) => test).join(', '),
    ];
  });
}
