import { createHash } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { faultsOf, parseFaultList } from './faults/catalog.ts';
import type { ActiveFaults } from './faults/fault.ts';
import { Problem } from './problem.ts';
import { isProductName, loadProduct, PRODUCT_NAMES } from './products/index.ts';
import type { Product } from './products/product.ts';
import {
  choiceSetting,
  decimal,
  machineLocal,
  numericSetting,
  type Setting,
  secret,
  textSetting,
  whole,
} from './setting-kinds.ts';

/** The settings that every product has, except TARGET_FAULTS, whose valid values depend on the product. */
export const generalSettings = {
  product: {
    name: 'TARGET_PRODUCT',
    expects: `one of ${PRODUCT_NAMES.join(', ')}`,
    fallback: 'booking',
    description: 'Product that the service runs',
    parse: (value) => (isProductName(value) ? value : undefined),
  } satisfies Setting<string>,
  mode: choiceSetting(
    'TARGET_MODE',
    ['process', 'fork', 'cluster'],
    'process',
    'How to run the service: as one process (process), as one process under PM2 (fork), or as several PM2 processes on one port (cluster)',
  ),
  instances: numericSetting('TARGET_INSTANCES', whole(1, 16), 2, 'Number of service processes in cluster mode'),
  port: machineLocal(numericSetting('PORT', whole(0, 65_535), 0, 'Port of the service; 0 picks a free port')),
  controlPort: machineLocal(
    numericSetting('CONTROL_PORT', whole(0, 65_535), 0, 'Port of the fault control endpoint; 0 picks a free port'),
  ),
  adminToken: secret(textSetting('ADMIN_TOKEN', 'a token', 'local-admin-token', 'Bearer token of the admin endpoints')),
  databaseUrl: {
    name: 'DATABASE_URL',
    expects: 'a URL such as postgresql://user:password@host:5432/database',
    fallback: undefined,
    description: 'URL of an existing PostgreSQL database to use; by default, the target starts PostgreSQL',
    secret: true,
    parse: (value) => (/^postgres(ql)?:$/.test(URL.parse(value)?.protocol ?? '') ? value : undefined),
  } satisfies Setting<string>,
  dataDir: machineLocal({
    name: 'TARGET_DATA_DIR',
    expects: 'an absolute path of a folder',
    fallback: defaultDataDir(),
    description: 'Data folder of the PostgreSQL server that the target starts',
    parse: (value) => (isAbsolute(value) ? resolve(value) : undefined),
  } satisfies Setting<string>),
  poolMax: numericSetting('DB_POOL_MAX', whole(1, 100), 50, 'Maximum number of connections in the database pool'),
  acquireTimeoutMs: numericSetting(
    'DB_ACQUIRE_TIMEOUT_MS',
    whole(1, 60_000),
    750,
    'Maximum time in ms that a request waits for a pool connection before it gets a 503',
  ),
  queryHoldMs: numericSetting(
    'DB_QUERY_HOLD_MS',
    whole(0, 10_000),
    0,
    'Time in ms for which a request or job holds a database connection',
  ),
  providerLatencyScale: numericSetting(
    'PROVIDER_LATENCY_SCALE',
    decimal(0, 100),
    1,
    'Factor for the latency of the simulated providers',
  ),
  providerFailureScale: numericSetting(
    'PROVIDER_FAILURE_SCALE',
    decimal(0, 50),
    1,
    'Factor for the failure rate of the simulated providers; 0 turns failures off',
  ),
};

/** The setting TARGET_FAULTS. Not part of `generalSettings`, because the available faults depend on the product. */
export const faultsSetting = {
  name: 'TARGET_FAULTS',
  expects: 'fault names with optional values, such as crash:500,small-pool',
  fallback: '',
  description: 'Faults that are active from the start',
};

type Values = {
  [K in keyof typeof generalSettings]: NonNullable<ReturnType<(typeof generalSettings)[K]['parse']>>;
};

export type TargetSettings = Omit<Values, 'product' | 'databaseUrl'> & {
  product: Product;
  databaseUrl: string | undefined;
  faults: ActiveFaults;
  /** Values of the settings that only the selected product has. */
  productSettings: Record<string, unknown>;
};

type Environment = Record<string, string | undefined>;

/**
 * Reads all settings from environment variables. An empty variable counts as not set.
 *
 * @throws Problem that lists every invalid variable with its value and the expected values
 */
export async function readSettings(env: Environment): Promise<TargetSettings> {
  const reader = new SettingsReader(env);
  const name = reader.read(generalSettings.product);
  const product = await loadProduct(name ?? generalSettings.product.fallback);
  reader.defaults = product.defaults ?? {};
  const general = reader.readAll(generalSettings) as Omit<Values, 'product'>;
  const productSettings = reader.readAll(product.settings ?? {});
  const faults = reader.read({
    ...faultsSetting,
    parse: (list) => parseFaultList(faultsOf(product), list),
  });
  if (reader.errors.size > 0) throw new Problem([...reader.errors].join('; '));
  return { ...general, product, productSettings, faults: faults ?? {} };
}

/**
 * Returns the environment variables whose values differ from the defaults of the product, with their values as text.
 * Excludes secrets, and settings that depend on the machine, such as ports and folders.
 */
export async function changedSettings(env: Environment): Promise<Record<string, string>> {
  const { product } = await readSettings(env);
  const { product: _, ...general } = generalSettings;
  const all: Setting<unknown>[] = [
    ...Object.values(general),
    ...Object.values(product.settings ?? {}),
    { ...faultsSetting, parse: () => undefined },
  ];
  return Object.fromEntries(
    all.flatMap(({ name, fallback, secret, machineLocal }) => {
      const value = env[name];
      const defaultValue = product.defaults?.[name] || fallback;
      return !value || value === defaultValue || secret || machineLocal ? [] : [[name, value]];
    }),
  );
}

class SettingsReader {
  /** One error message per invalid variable, without duplicates. */
  readonly errors = new Set<string>();
  defaults: Readonly<Record<string, string>> = {};
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  read<T>(setting: Setting<T>): T | undefined {
    const { name, expects, fallback, secret } = setting;
    const given = this.#env[name] || this.defaults[name] || fallback;
    if (given === undefined) return undefined;
    try {
      const value = setting.parse(given);
      if (value !== undefined) return value;
      this.errors.add(
        `${name} is ${secret ? 'malformed (its value is a secret and not shown)' : `"${given}"`}, but it must be ${expects}`,
      );
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.errors.add(`${name}: ${error.message}`);
    }
    return undefined;
  }

  readAll(settings: Readonly<Record<string, Setting<unknown>>>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(settings).map(([key, setting]) => [key, this.read(setting)]));
  }
}

/**
 * Returns the default data folder. Every user and every checkout has a separate folder, so that two checkouts never
 * share a database.
 */
function defaultDataDir(): string {
  // Do not use the home folder. If root starts the target, PostgreSQL runs as another user, who cannot access the home
  // folder of root.
  const base = process.platform === 'win32' ? tmpdir() : '/var/tmp';
  const checkout = createHash('sha256')
    .update(import.meta.dirname)
    .digest('hex')
    .slice(0, 12);
  return join(base, `load-suite-${userInfo().uid}`, checkout);
}
