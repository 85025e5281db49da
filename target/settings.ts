import { createHash } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { type ActiveFaults, parseFaultList } from './faults/table.ts';
import { Problem } from './problem.ts';

type Variable<T> = {
  name: string;
  takes: string;
  /** Text as it would stand in the environment; undefined where the variable has no default. */
  fallback: string | undefined;
  description: string;
  parse(text: string): T | undefined;
};

const text = (name: string, takes: string, fallback: string, description: string): Variable<string> => ({
  name,
  takes,
  fallback,
  description,
  parse: (value) => value,
});

const numeric = (name: string, range: Range, fallback: number, description: string): Variable<number> => ({
  name,
  takes: `${range.whole ? 'a whole number' : 'a number'} from ${range.min} to ${range.max}`,
  fallback: String(fallback),
  description,
  parse: (value) => {
    if (!/^\d+(\.\d+)?$/.test(value)) return undefined;
    const number = Number(value);
    if (range.whole && !Number.isInteger(number)) return undefined;
    return number >= range.min && number <= range.max ? number : undefined;
  },
});
type Range = { whole: boolean; min: number; max: number };
const whole = (min: number, max: number): Range => ({ whole: true, min, max });
const decimal = (min: number, max: number): Range => ({ whole: false, min, max });

/** Every environment variable that the target reads. */
export const variables = {
  port: numeric('PORT', whole(0, 65_535), 0, 'Port of the service; 0 picks a free one'),
  controlPort: numeric(
    'CONTROL_PORT',
    whole(0, 65_535),
    0,
    'Port of the fault control endpoint; 0 picks a free one',
  ),
  adminToken: text(
    'ADMIN_TOKEN',
    'a token',
    'local-admin-token',
    'Bearer token of /admin and of the job traces',
  ),
  webhookSecret: text(
    'WEBHOOK_SECRET',
    'a secret',
    'local-webhook-secret',
    'Key of the HMAC-SHA256 webhook signature',
  ),
  databaseUrl: {
    name: 'DATABASE_URL',
    takes: 'a URL such as postgresql://user:password@host:5432/database',
    fallback: undefined,
    description: 'An existing PostgreSQL to use instead of starting one',
    parse: (value) => (/^postgres(ql)?:$/.test(URL.parse(value)?.protocol ?? '') ? value : undefined),
  } satisfies Variable<string>,
  dataDir: {
    name: 'TARGET_DATA_DIR',
    takes: 'an absolute path of a folder',
    fallback: defaultDataDir(),
    description: 'Folder of the database cluster that the target starts',
    parse: (value) => (isAbsolute(value) ? resolve(value) : undefined),
  } satisfies Variable<string>,
  poolMax: numeric('DB_POOL_MAX', whole(1, 100), 50, 'Connections in the database pool of the service'),
  acquireTimeoutMs: numeric(
    'DB_ACQUIRE_TIMEOUT_MS',
    whole(1, 60_000),
    750,
    'Longest wait for a pool connection, in ms; then the request ends with 503',
  ),
  queryHoldMs: numeric(
    'DB_QUERY_HOLD_MS',
    whole(0, 10_000),
    116,
    'Time that a unit of work occupies its connection, in ms',
  ),
  jobConcurrency: numeric('JOB_CONCURRENCY', whole(1, 500), 64, 'Queue jobs in progress at one time'),
  cacheMaxEntries: numeric('CACHE_MAX_ENTRIES', whole(1, 100_000), 1000, 'Entries that the cache holds'),
  providerLatencyScale: numeric(
    'PROVIDER_LATENCY_SCALE',
    decimal(0, 100),
    1,
    'Factor on the latency of the AI and WhatsApp providers',
  ),
  providerFailureScale: numeric(
    'PROVIDER_FAILURE_SCALE',
    decimal(0, 50),
    1,
    'Factor on the failure rate of the AI and WhatsApp providers; 0 means never',
  ),
  faults: {
    name: 'TARGET_FAULTS',
    takes: 'fault names with optional values, such as slow-ai:3000,small-pool',
    fallback: '',
    description: 'Faults that are active from the start',
    parse: parseFaultList,
  } satisfies Variable<ActiveFaults>,
};

type Values = {
  [K in keyof typeof variables]: Exclude<ReturnType<(typeof variables)[K]['parse']>, undefined>;
};
export type Settings = Omit<Values, 'databaseUrl'> & { databaseUrl: string | undefined };

const secret = new Set(['ADMIN_TOKEN', 'WEBHOOK_SECRET', 'DATABASE_URL']);

/**
 * Settings from an environment; an empty variable counts as absent.
 *
 * @throws Problem naming every wrong variable, what it got and what it takes.
 */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const wrong: string[] = [];
  const entries = Object.entries(variables).map(([key, variable]: [string, Variable<unknown>]) => {
    const given = env[variable.name] || variable.fallback;
    if (given === undefined) return [key, undefined];
    try {
      const value = variable.parse(given);
      if (value !== undefined) return [key, value];
      const got = secret.has(variable.name) ? 'a value of another form' : `"${given}"`;
      wrong.push(`${variable.name} takes ${variable.takes}, but got ${got}`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      wrong.push(`${variable.name}: ${error.message}`);
    }
    return [key, undefined];
  });
  if (wrong.length > 0) throw new Problem(wrong.join('; '));
  return Object.fromEntries(entries) as Settings;
}

/** One folder a user and checkout, so that two checkouts never share a cluster. */
function defaultDataDir(): string {
  // Not the home folder: when root starts PostgreSQL, another user must reach the data.
  const base = process.platform === 'win32' ? tmpdir() : '/var/tmp';
  const checkout = createHash('sha256')
    .update(import.meta.dirname)
    .digest('hex')
    .slice(0, 12);
  return join(base, `load-suite-${userInfo().uid}`, checkout);
}
