import { readOptional, readVariable, type VariableName } from '../../lib/core/definition/index.ts';
import { localProcessProbe } from './local-process.ts';
import { pm2Probe } from './pm2.ts';
import { postgresqlProbe } from './postgresql.ts';
import type { ConfiguredProbe, ProbeEnvironment, ProbeKind } from './probe.ts';
import { redisProbe } from './redis.ts';
import { targetProbe } from './target.ts';

export const PROBE_KINDS: readonly ProbeKind[] = [
  {
    name: 'target',
    label: 'the target',
    variables: ['METRICS_URL'],
    advice: 'Without Prometheus metrics, memory and connections of the target have no data. Check METRICS_URL.',
    configure(env) {
      const metricsUrl = readOptional('METRICS_URL', env);
      if (!metricsUrl && !env.API_URL) return null;
      return ({ metricsPath }) => targetProbe(metricsUrl ?? readVariable('API_URL', env) + metricsPath);
    },
  },
  {
    name: 'postgresql',
    label: 'PostgreSQL',
    variables: ['TARGET_DATABASE_URL'],
    advice: 'Check TARGET_DATABASE_URL: host, port and credentials. Use the address of the server, not of a pooler.',
    configure(env) {
      const url = readOptional('TARGET_DATABASE_URL', env);
      return url ? ({ note }) => postgresqlProbe(url, note) : null;
    },
  },
  {
    name: 'redis',
    label: 'Redis',
    variables: ['TARGET_REDIS_URL', 'TARGET_REDIS_SCAN_KEYS'],
    advice: 'Check TARGET_REDIS_URL: host, port and credentials. Its user needs permission to run INFO.',
    configure(env) {
      const url = readOptional('TARGET_REDIS_URL', env);
      const scanKeys = readOptional('TARGET_REDIS_SCAN_KEYS', env) ?? null;
      return url ? () => redisProbe(url, scanKeys) : null;
    },
  },
  {
    name: 'pm2',
    label: 'PM2',
    variables: ['PM2_PROCESSES'],
    advice: 'Check PM2_PROCESSES and PM2_HOME. The daemon must belong to this user and run on this machine.',
    configure(env) {
      const names = readOptional('PM2_PROCESSES', env);
      return names ? () => pm2Probe(names, env) : null;
    },
  },
  {
    name: 'process',
    label: "the target's process",
    variables: ['TARGET_PROCESS'],
    advice: 'Check TARGET_PROCESS. The process must belong to this user and run on this machine.',
    configure(env) {
      const watched = readOptional('TARGET_PROCESS', env);
      return watched ? () => localProcessProbe(watched) : null;
    },
  },
];

/** Returns the probes that environment variables configure. @throws VariableError if a variable is malformed */
export const configuredProbes = (env: ProbeEnvironment): ConfiguredProbe[] =>
  PROBE_KINDS.flatMap(({ name, label, configure }) => {
    const open = configure(env);
    return open ? [{ name, label, open }] : [];
  });

export const PROBE_VARIABLES: readonly VariableName[] = PROBE_KINDS.flatMap(({ variables }) => variables);

/**
 * Returns the environment without the variables of probes, for processes that must not access the database or cache of
 * the target.
 */
export function withoutProbes(env: ProbeEnvironment): NodeJS.ProcessEnv {
  const hidden: ReadonlySet<string> = new Set(PROBE_VARIABLES);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !hidden.has(name)));
}
