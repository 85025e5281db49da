import { readOptional, type VariableName } from '../../lib/core/definition/index.ts';
import type { RunStart } from '../results/run-folder.ts';
import { type Forwarder, forwardTo } from './forward.ts';
import { RUN_TAG } from './otlp.ts';

/** The metric stores that can receive the metrics of a run. Setting the URL variable of a store enables the store. */
const STORES = [
  { url: 'OTLP_URL', credentials: ['OTEL_EXPORTER_OTLP_HEADERS'] },
  {
    url: 'PROMETHEUS_RW_URL',
    credentials: [
      'K6_PROMETHEUS_RW_PASSWORD',
      'K6_PROMETHEUS_RW_BEARER_TOKEN',
      'K6_PROMETHEUS_RW_HTTP_HEADERS',
      'K6_PROMETHEUS_RW_SIGV4_SECRET_KEY',
    ],
  },
] as const satisfies { url: VariableName; credentials: VariableName[] }[];

export const ALL_STORE_VARIABLES: readonly VariableName[] = STORES.flatMap(({ url, credentials }) => [
  url,
  ...credentials,
]);

/** Returns the names of all variables that are set and belong to an enabled store. */
export const storeVariables = (env: NodeJS.ProcessEnv): VariableName[] =>
  STORES.filter(({ url }) => env[url]).flatMap(({ url, credentials }) => [
    url,
    ...credentials.filter((name) => env[name]),
  ]);

export interface StoreSettings {
  otlp: { url: string; headers: Record<string, string> } | null;
  prometheusUrl: string | null;
}

/** Returns the settings of all enabled stores. @throws VariableError if a variable of an enabled store is malformed */
export function storeSettings(env: NodeJS.ProcessEnv): StoreSettings {
  const base = readOptional('OTLP_URL', env);
  return {
    otlp: base
      ? {
          url: base.endsWith(METRICS_PATH) ? base : base + METRICS_PATH,
          headers: readOptional('OTEL_EXPORTER_OTLP_HEADERS', env) ?? {},
        }
      : null,
    prometheusUrl: readOptional('PROMETHEUS_RW_URL', env) ?? null,
  };
}

const METRICS_PATH = '/v1/metrics';

/**
 * Connects a run to its metric stores: the settings for stores to which k6 writes, and the forwarder for stores to
 * which the runner writes.
 */
export interface Stores extends AsyncDisposable {
  outputs: string[];
  tags: Record<string, string>;
  env: Record<string, string>;
  /** Forwards one post of k6 to the stores, unchanged. */
  forward: Forwarder['enqueue'];
  /** Sends the remaining posts. @returns one message for each store that did not receive everything */
  finish: Forwarder['finish'];
}

/**
 * Connects a run to the enabled metric stores. @param settings the settings of the run, whose environment may contain
 * more settings for k6's outputs
 */
export function openStores(
  { stores, env }: { stores: StoreSettings; env: NodeJS.ProcessEnv },
  { run: { product, test, id } }: Pick<RunStart, 'run'>,
  windowMs: number,
): Stores {
  const runTag = `${product}/${test}/${id}`;
  const otlp = stores.otlp && forwardTo(stores.otlp.url, stores.otlp.headers);
  const prometheus = stores.prometheusUrl;
  return {
    outputs: prometheus ? ['experimental-prometheus-rw'] : [],
    // Prometheus remote write needs the run ID as a tag of every series. For OTLP, the run ID as a resource attribute
    // of each post is enough.
    tags: prometheus ? { [RUN_TAG]: runTag } : {},
    env: {
      ...(otlp && {
        OTEL_RESOURCE_ATTRIBUTES: appendToList(env.OTEL_RESOURCE_ATTRIBUTES, `${RUN_TAG}=${runTag}`),
      }),
      ...(prometheus && {
        K6_PROMETHEUS_RW_SERVER_URL: prometheus,
        K6_FEATURES: appendToList(env.K6_FEATURES, 'native-histograms'),
        K6_PROMETHEUS_RW_PUSH_INTERVAL: env.K6_PROMETHEUS_RW_PUSH_INTERVAL ?? `${windowMs}ms`,
      }),
    },
    forward: (post) => otlp?.enqueue(post),
    finish: async (hurry) => ((await otlp?.finish(hurry)) ?? []).map((loss) => `OTLP store: ${loss}`),
    [Symbol.asyncDispose]: async () => otlp?.[Symbol.asyncDispose](),
  };
}

/** Appends an entry to a comma-separated list, which the user may have set. */
const appendToList = (set: string | undefined, added: string) => [set, added].filter(Boolean).join(',');

/**
 * Returns the environment for k6. Leaves out variables that would change k6's telemetry to the runner, and empty
 * variables, which k6's remote write output would not ignore.
 */
export function withoutExporterVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name, value]) =>
        !name.startsWith('OTEL_EXPORTER_OTLP_') && !(name.startsWith('K6_PROMETHEUS_RW_') && value === ''),
    ),
  );
}
