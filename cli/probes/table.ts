import { readOptional, readVariable, type VariableName } from '../../lib/core/definition/index.ts';
import { localProcessProbe } from './local-process.ts';
import { pm2Probe } from './pm2.ts';
import { postgresqlProbe } from './postgresql.ts';
import type { ConfiguredProbe, Environment, ProbeKind } from './probe.ts';
import { redisProbe } from './redis.ts';
import { targetProbe } from './target.ts';

export const PROBE_KINDS: readonly ProbeKind[] = [
  {
    name: 'target',
    what: 'the target',
    variables: ['METRICS_URL'],
    mend: 'Without Prometheus metrics, its memory and connections have no data: see METRICS_URL.',
    configure(env) {
      const metricsUrl = readOptional('METRICS_URL', env);
      if (!metricsUrl && !env.API_URL) return null;
      return ({ metricsPath }) => targetProbe(metricsUrl ?? readVariable('API_URL', env) + metricsPath);
    },
  },
  {
    name: 'postgresql',
    what: 'PostgreSQL',
    variables: ['TARGET_DATABASE_URL'],
    mend: 'Check TARGET_DATABASE_URL: host, port and credentials, for the server itself and not a pooler.',
    configure(env) {
      const url = readOptional('TARGET_DATABASE_URL', env);
      return url ? ({ note }) => postgresqlProbe(url, note) : null;
    },
  },
  {
    name: 'redis',
    what: 'Redis',
    variables: ['TARGET_REDIS_URL', 'TARGET_REDIS_SCAN_KEYS'],
    mend: 'Check TARGET_REDIS_URL: host, port and credentials, and whether its user may run INFO.',
    configure(env) {
      const url = readOptional('TARGET_REDIS_URL', env);
      const scanKeys = readOptional('TARGET_REDIS_SCAN_KEYS', env) ?? null;
      return url ? () => redisProbe(url, scanKeys) : null;
    },
  },
  {
    name: 'pm2',
    what: 'PM2',
    variables: ['PM2_PROCESSES'],
    mend: 'Check PM2_PROCESSES and PM2_HOME: the daemon has to be that of this user, on this machine.',
    configure(env) {
      const names = readOptional('PM2_PROCESSES', env);
      return names ? () => pm2Probe(names, env) : null;
    },
  },
  {
    name: 'process',
    what: "the target's process",
    variables: ['TARGET_PROCESS'],
    mend: 'Check TARGET_PROCESS: the process has to be one of this user, on this machine.',
    configure(env) {
      const watched = readOptional('TARGET_PROCESS', env);
      return watched ? () => localProcessProbe(watched) : null;
    },
  },
];

/** Those that are configured. @throws VariableError where a variable of one is malformed */
export const configuredProbes = (env: Environment): ConfiguredProbe[] =>
  PROBE_KINDS.flatMap(({ name, what, configure }) => {
    const open = configure(env);
    return open ? [{ name, what, open }] : [];
  });

export const PROBE_VARIABLES: readonly VariableName[] = PROBE_KINDS.flatMap(({ variables }) => variables);

/** For processes that load the target and have no business in its database or cache. */
export function withoutProbes(env: Environment): NodeJS.ProcessEnv {
  const hidden: ReadonlySet<string> = new Set(PROBE_VARIABLES);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !hidden.has(name)));
}
