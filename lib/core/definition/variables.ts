/**
 * Every environment variable that the suite itself reads: one table, from which values are parsed, errors
 * are worded and the table in the docs is made. Products declare their own (product-variables.ts), and the reference
 * service has its own table in reference-service/.
 */

import {
  optionalValue,
  type ProcessEnvironment,
  parseText,
  parseUrl,
  requiredValue,
  VARIABLE_KINDS,
  type Variable,
  wholeNumberUpTo,
} from './variable.ts';

const ENVIRONMENTS = ['local', 'staging', 'production'] as const;
export type TargetEnvironment = (typeof ENVIRONMENTS)[number];

const environment = (value: string) => ENVIRONMENTS.find((name) => name === value);
/** User and password, where what has a meaning in a URL is percent-encoded; host and port. */
const AUTHORITY = String.raw`(?:(?:[^\s/@?#%]|%[\da-f]{2})*@)?(?:[^\s/@?#:[\]]*|\[[\da-f:.]+\])(?::\d{1,5})?`;
const urlOf = (schemes: string) => {
  const form = new RegExp(String.raw`^(?:${schemes})://${AUTHORITY}(?:[/?][^\s#]*)?$`, 'i');
  return (value: string) => (form.test(value) ? value : undefined);
};
const processOf = (value: string): { pid: number } | { port: number } | undefined => {
  const [, colon, digits] = /^(:?)([1-9]\d{0,8})$/.exec(value) ?? [];
  const number = Number(digits);
  if (colon === undefined || (colon && number > 65_535)) return undefined;
  return colon ? { port: number } : { pid: number };
};
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e]+$/;
/** Headers in one value, commas between. */
const headersOf = (separator: string, decode: (text: string) => string) => (value: string) => {
  try {
    const pairs = value.split(',').map((pair) => {
      const [name = '', ...rest] = pair.split(separator);
      return [name.trim(), decode(rest.join(separator).trim())] as const;
    });
    return pairs.every(([name, content]) => HEADER_NAME.test(name) && HEADER_VALUE.test(content))
      ? (Object.fromEntries(pairs) as Record<string, string>)
      : undefined;
  } catch {
    // A percent sign that encodes nothing.
    return undefined;
  }
};

export const SUITE_VARIABLES = {
  TEST_ENV: {
    description: 'environment of the target; local starts the reference service',
    takes: ENVIRONMENTS.join(', '),
    parse: environment,
    fallback: 'local' as TargetEnvironment,
  },
  API_URL: {
    description: 'base URL of the target',
    ...VARIABLE_KINDS.url,
    local: 'http://127.0.0.1:4010',
  },
  METRICS_URL: {
    description: "Prometheus endpoint of the target, if it is not the target's own /metrics",
    ...VARIABLE_KINDS.url,
  },
  TARGET_DATABASE_URL: {
    description: "the target's PostgreSQL, to be watched",
    takes: 'a URL such as postgresql://user:password@host:5432/database, user and password percent-encoded',
    parse: urlOf('postgres|postgresql'),
    secret: true,
  },
  TARGET_REDIS_URL: {
    description: "the target's Redis or Valkey, to be watched",
    takes: 'a URL such as redis://user:password@host:6379/0, user and password percent-encoded',
    parse: urlOf('redis|rediss'),
    secret: true,
  },
  TARGET_REDIS_SCAN_KEYS: {
    description:
      'how many keys of Redis are looked at after the run, to count them by prefix; none if not set',
    ...wholeNumberUpTo(1_000_000),
  },
  PM2_PROCESSES: {
    description: 'processes of PM2 on this machine, to be watched',
    takes: 'names with commas between, or all',
    parse: VARIABLE_KINDS.list.parse,
  },
  TARGET_PROCESS: {
    description: 'process of the target on this machine, to be watched',
    takes: 'a process id such as 4711, or the port that it listens on such as :3000',
    parse: processOf,
  },
  TIME_SCALE: {
    description: 'factor on every duration of a test',
    ...VARIABLE_KINDS.factor,
    fallback: 1,
  },
  VUS_SCALE: {
    description: 'factor on every number of VUs of a test',
    ...VARIABLE_KINDS.factor,
    fallback: 1,
  },
  SEED: {
    description: 'seed of the generated data and of the order of requests',
    ...VARIABLE_KINDS.integer,
    fallback: 1,
  },
  GENERATORS: {
    description: 'among how many k6 processes a test is divided, each with its execution segment',
    ...wholeNumberUpTo(1000),
    fallback: 1,
  },
  RUN_ID: {
    description: 'mark of the records that a run creates; the runner sets it, and a run by hand has none',
    takes: 'an id without white space',
    parse: parseText,
  },
  SUMMARY_FILE: {
    description: 'where k6 writes the summary of a run started by hand',
    takes: 'a file path without white space',
    parse: parseText,
  },
  OTLP_URL: {
    description: 'store to which the metrics of a run are sent as well, by OTLP over HTTP',
    takes: 'an http or https URL without credentials, query or fragment; /v1/metrics is added where it lacks',
    parse: parseUrl,
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    description: 'headers that the OTLP store asks for',
    takes: 'name=value, several with commas between, values percent-encoded',
    parse: headersOf('=', decodeURIComponent),
    secret: true,
  },
  PROMETHEUS_RW_URL: {
    description: 'store to which k6 sends the metrics of a run as well, by Prometheus remote write',
    ...VARIABLE_KINDS.url,
  },
  K6_PROMETHEUS_RW_PASSWORD: {
    description: 'password for the remote write, beside K6_PROMETHEUS_RW_USERNAME',
    takes: 'a password',
    parse: (value: string) => value,
    secret: true,
  },
  K6_PROMETHEUS_RW_BEARER_TOKEN: {
    description: 'bearer token for the remote write',
    ...VARIABLE_KINDS.token,
  },
  K6_PROMETHEUS_RW_HTTP_HEADERS: {
    description: 'headers that the remote write sends',
    takes: 'name:value, several with commas between',
    parse: headersOf(':', (text) => text),
    secret: true,
  },
  K6_PROMETHEUS_RW_SIGV4_SECRET_KEY: {
    description: 'secret key with which requests of the remote write are signed for AWS',
    takes: 'a key without white space',
    parse: parseText,
    secret: true,
  },
  K6_CLOUD_TOKEN: {
    description: 'token of Grafana Cloud k6',
    ...VARIABLE_KINDS.token,
  },
  K6_CLOUD_STACK_ID: {
    description: 'stack of Grafana Cloud that a test runs in',
    ...VARIABLE_KINDS.integer,
  },
  K6_CLOUD_PROJECT_ID: {
    description: 'project of Grafana Cloud k6 that a test runs in',
    ...VARIABLE_KINDS.integer,
  },
  K6_BIN: {
    description: 'k6 binary to use, instead of one that is found, downloaded or built',
    takes: 'path of a k6 of version 2.2 or later, below 3',
    parse: parseText,
  },
} satisfies Record<string, Variable<unknown>>;

export type VariableName = keyof typeof SUITE_VARIABLES;
export type VariableValue<N extends VariableName> = NonNullable<
  ReturnType<(typeof SUITE_VARIABLES)[N]['parse']>
>;

/** The value, or undefined where it is neither set nor has a fallback. An empty value counts as not set. */
export const readOptional = <N extends VariableName>(
  name: N,
  source: ProcessEnvironment,
): VariableValue<N> | undefined =>
  optionalValue<VariableValue<N>>(
    name,
    SUITE_VARIABLES[name] as Variable<unknown> as Variable<VariableValue<N>>,
    source,
  );

/** @throws VariableError where the value is missing or malformed */
export const readVariable = <N extends VariableName>(name: N, source: ProcessEnvironment): VariableValue<N> =>
  requiredValue<VariableValue<N>>(
    name,
    SUITE_VARIABLES[name] as Variable<unknown> as Variable<VariableValue<N>>,
    source,
  );

export function isVariableName(name: string): name is VariableName {
  return Object.hasOwn(SUITE_VARIABLES, name);
}
