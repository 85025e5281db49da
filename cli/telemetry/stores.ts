import { readOptional, type VariableName } from '../../lib/core/definition/index.ts';
import type { RunStart } from '../results/run-folder.ts';
import { type Forwarder, forwardTo } from './forward.ts';
import { RUN_TAG } from './otlp.ts';

/** Stores that the metrics of a run can go to beside the result, each switched on by its URL. */
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

/** Variables of the stores that are switched on, as far as they are set. */
export const storeVariables = (env: NodeJS.ProcessEnv): VariableName[] =>
  STORES.filter(({ url }) => env[url]).flatMap(({ url, credentials }) => [
    url,
    ...credentials.filter((name) => env[name]),
  ]);

export interface StoreSettings {
  otlp: { url: string; headers: Record<string, string> } | null;
  prometheusUrl: string | null;
}

/** @throws VariableError where one of storeVariables is malformed */
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

/** What k6 is told so that its metrics get to the stores, and what sends on those that the runner receives. */
export interface Stores extends AsyncDisposable {
  outputs: string[];
  tags: Record<string, string>;
  env: Record<string, string>;
  /** Takes one post of k6, as it came. */
  forward: Forwarder['enqueue'];
  /** @returns what did not get to a store */
  finish: Forwarder['finish'];
}

/** @param settings with the environment, in which the user may have set more for k6's outputs */
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
    // Remote write knows no other place for it; OTLP has one that costs a line a post and not one a series.
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

/** What the user has set stays, before what is added. */
const appendToList = (set: string | undefined, added: string) => [set, added].filter(Boolean).join(',');

/**
 * The environment as k6 is to see it. Its exporter to the runner would read the variables that are meant for a store,
 * and a value that is empty, and here as good as none, its remote write would take at its word.
 */
export function withoutExporterVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name, value]) =>
        !name.startsWith('OTEL_EXPORTER_OTLP_') && !(name.startsWith('K6_PROMETHEUS_RW_') && value === ''),
    ),
  );
}
