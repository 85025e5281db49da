/**
 * Every environment variable that the suite itself reads. Values, error messages and the table in the docs come from
 * this table. Products declare variables of their own (product-variables.ts), and the reference service has a
 * separate table.
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

const parseEnvironment = (value: string) => ENVIRONMENTS.find((name) => name === value);
/** The authority of a URL: user and password, in which special characters are percent-encoded, host and port. */
const AUTHORITY = String.raw`(?:(?:[^\s/@?#%]|%[\da-f]{2})*@)?(?:[^\s/@?#:[\]]*|\[[\da-f:.]+\])(?::\d{1,5})?`;
const urlParser = (schemes: string) => {
  const pattern = new RegExp(String.raw`^(?:${schemes})://${AUTHORITY}(?:[/?][^\s#]*)?$`, 'i');
  return (value: string) => (pattern.test(value) ? value : undefined);
};
const parseProcess = (value: string): { pid: number } | { port: number } | undefined => {
  const [, colon, digits] = /^(:?)([1-9]\d{0,8})$/.exec(value) ?? [];
  const number = Number(digits);
  if (colon === undefined || (colon && number > 65_535)) return undefined;
  return colon ? { port: number } : { pid: number };
};
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e]+$/;
/** A parser of several headers in one value, separated by commas. */
const headersParser = (separator: string, decode: (text: string) => string) => (value: string) => {
  try {
    const pairs = value.split(',').map((pair) => {
      const [name = '', ...rest] = pair.split(separator);
      return [name.trim(), decode(rest.join(separator).trim())] as const;
    });
    return pairs.every(([name, content]) => HEADER_NAME.test(name) && HEADER_VALUE.test(content))
      ? (Object.fromEntries(pairs) as Record<string, string>)
      : undefined;
  } catch {
    // `decode` throws if a percent sign is not part of an encoded character.
    return undefined;
  }
};

export const SUITE_VARIABLES = {
  TEST_ENV: {
    description: 'environment of the target; local starts the reference service',
    expects: 'local, staging or production',
    parse: parseEnvironment,
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
    description: "the target's PostgreSQL, for the probe that monitors it",
    expects: 'a URL such as postgresql://user:password@host:5432/database with percent-encoded user and password',
    parse: urlParser('postgres|postgresql'),
    secret: true,
  },
  TARGET_REDIS_URL: {
    description: "the target's Redis or Valkey, for the probe that monitors it",
    expects: 'a URL such as redis://user:password@host:6379/0 with percent-encoded user and password',
    parse: urlParser('redis|rediss'),
    secret: true,
  },
  TARGET_REDIS_SCAN_KEYS: {
    description: 'maximum number of Redis keys to scan after the run, to count keys by prefix; no scan if not set',
    ...wholeNumberUpTo(1_000_000),
  },
  PM2_PROCESSES: {
    description: 'PM2 processes on this machine to monitor',
    expects: 'a comma-separated list of names, or all',
    parse: VARIABLE_KINDS.list.parse,
  },
  TARGET_PROCESS: {
    description: 'process of the target on this machine to monitor',
    expects: 'a process id such as 4711, or the port that the process listens on, such as :3000',
    parse: parseProcess,
  },
  TIME_SCALE: {
    description: 'factor by which every duration of a test is multiplied',
    ...VARIABLE_KINDS.factor,
    fallback: 1,
  },
  VUS_SCALE: {
    description: 'factor by which every number of VUs and every rate of a test is multiplied',
    ...VARIABLE_KINDS.factor,
    fallback: 1,
  },
  SEED: {
    description: 'seed of the generated data and of the order of requests',
    ...VARIABLE_KINDS.integer,
    fallback: 1,
  },
  GENERATORS: {
    description: 'number of k6 processes among which a test is divided, each with its own execution segment',
    ...wholeNumberUpTo(1000),
    fallback: 1,
  },
  RUN_ID: {
    description: 'id that marks the records of a run; the runner sets it, and a run started by hand has none',
    expects: 'an id without whitespace',
    parse: parseText,
  },
  SUMMARY_FILE: {
    description: 'where k6 writes the summary of a run started by hand',
    expects: 'a file path without whitespace',
    parse: parseText,
  },
  OTLP_URL: {
    description: 'metric store that also receives the metrics of a run, by OTLP over HTTP',
    expects: 'an http or https URL without credentials, query or fragment; /v1/metrics is appended if it is missing',
    parse: parseUrl,
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    description: 'headers that the OTLP store requires',
    expects: 'a comma-separated list of name=value with percent-encoded values',
    parse: headersParser('=', decodeURIComponent),
    secret: true,
  },
  PROMETHEUS_RW_URL: {
    description: 'metric store to which k6 also sends the metrics of a run, by Prometheus remote write',
    ...VARIABLE_KINDS.url,
  },
  K6_PROMETHEUS_RW_PASSWORD: {
    description: 'password for the remote write, used with K6_PROMETHEUS_RW_USERNAME',
    expects: 'a password',
    parse: (value: string) => value,
    secret: true,
  },
  K6_PROMETHEUS_RW_BEARER_TOKEN: {
    description: 'bearer token for the remote write',
    ...VARIABLE_KINDS.token,
  },
  K6_PROMETHEUS_RW_HTTP_HEADERS: {
    description: 'headers that the remote write sends',
    expects: 'a comma-separated list of name:value',
    parse: headersParser(':', (text) => text),
    secret: true,
  },
  K6_PROMETHEUS_RW_SIGV4_SECRET_KEY: {
    description: 'secret key that signs the requests of the remote write for AWS',
    expects: 'a key without whitespace',
    parse: parseText,
    secret: true,
  },
  K6_CLOUD_TOKEN: {
    description: 'token of Grafana Cloud k6',
    ...VARIABLE_KINDS.token,
  },
  K6_CLOUD_STACK_ID: {
    description: 'Grafana Cloud stack in which a test runs',
    ...VARIABLE_KINDS.integer,
  },
  K6_CLOUD_PROJECT_ID: {
    description: 'Grafana Cloud k6 project in which a test runs',
    ...VARIABLE_KINDS.integer,
  },
  K6_BIN: {
    description: 'k6 binary to use instead of one that the runner finds, downloads or builds',
    expects: 'the path of a k6 binary, version 2.2 or later but below 3',
    parse: parseText,
  },
} satisfies Record<string, Variable<unknown>>;

export type VariableName = keyof typeof SUITE_VARIABLES;
export type VariableValue<N extends VariableName> = NonNullable<ReturnType<(typeof SUITE_VARIABLES)[N]['parse']>>;

/**
 * The value of a variable, or undefined if it is not set and has no fallback. An empty value counts as not set.
 * @throws VariableError if the value is malformed
 */
export const readOptional = <N extends VariableName>(
  name: N,
  source: ProcessEnvironment,
): VariableValue<N> | undefined =>
  optionalValue<VariableValue<N>>(
    name,
    SUITE_VARIABLES[name] as Variable<unknown> as Variable<VariableValue<N>>,
    source,
  );

/** @throws VariableError if the value is missing or malformed */
export const readVariable = <N extends VariableName>(name: N, source: ProcessEnvironment): VariableValue<N> =>
  requiredValue<VariableValue<N>>(
    name,
    SUITE_VARIABLES[name] as Variable<unknown> as Variable<VariableValue<N>>,
    source,
  );

export function isVariableName(name: string): name is VariableName {
  return Object.hasOwn(SUITE_VARIABLES, name);
}
