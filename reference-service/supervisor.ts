import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startControl } from './control.ts';
import { PostgresCluster } from './db/postgres-cluster.ts';
import { QUEUE_SCHEMA } from './db/schemas.ts';
import { type DatabaseContents, seedExternalDatabase, seedOwnDatabase } from './db/seeding.ts';
import { faultsOf } from './faults/catalog.ts';
import type { ActiveFaults } from './faults/fault.ts';
import { errorMessageOf, Problem } from './problem.ts';
import { ForkedProcess, type ManagedProcess, type ProcessOptions } from './process/forked-process.ts';
import type { ProvidersConfig, ServiceConfig } from './process/messages.ts';
import { Pm2Processes } from './process/pm2.ts';
import type { Product } from './products/product.ts';
import type { Settings } from './settings.ts';

export type Endpoints = {
  url: string;
  controlUrl: string;
  /** Where there is a database. */
  databaseUrl?: string;
  /** Where the service runs under PM2: how the processes are found, and where their metrics are added up. */
  pm2?: { name: string; home: string };
  metricsUrl?: string;
};

type ProcessName = 'service' | 'providers';

type Database = {
  url: string;
  halt(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
};

/** Runs the database, the simulated providers and the service, and keeps them running. */
export class Supervisor {
  readonly #settings: Settings;
  readonly #log: (line: string) => void;
  readonly #service: ManagedProcess;
  readonly #pm2: Pm2Processes | undefined;
  readonly #providers: ForkedProcess | undefined;
  readonly #faults: ActiveFaults;
  #providerPorts: Record<string, number> = {};
  #databaseUrl = '';
  #opening: Promise<Database | undefined> | undefined;
  #control: Server | undefined;
  #outageEnd: NodeJS.Timeout | undefined;
  #stopped: Promise<void> | undefined;
  /** One change of the faults at a time: an outage can't end while it begins. */
  #turn: Promise<void> = Promise.resolve();

  constructor(settings: Settings, log: (line: string) => void) {
    this.#settings = settings;
    this.#log = log;
    this.#faults = { ...settings.faults };
    const { product, mode } = settings;
    if (product.providers)
      this.#providers = new ForkedProcess(
        this.#options('providers', (ports) => this.#providersConfig(ports)),
      );
    const service = this.#options('service', (ports, restarts) => this.#serviceConfig(ports, restarts));
    if (mode === 'process') this.#service = new ForkedProcess(service);
    else {
      this.#pm2 = new Pm2Processes({
        ...service,
        name: product.name,
        mode,
        instances: mode === 'fork' ? 1 : settings.instances,
        port: settings.port,
        folder: join(settings.dataDir, 'pm2'),
      });
      this.#service = this.#pm2;
    }
  }

  /** @throws Problem when something can't start; `stop` must be called then, too. */
  async start(): Promise<Endpoints> {
    this.#opening = this.#openDatabase();
    const [database, providerPorts] = await Promise.all([this.#opening, this.#providers?.start()]);
    this.#databaseUrl = database?.url ?? '';
    this.#providerPorts = providerPorts ?? {};
    const [servicePorts, controlPort] = await Promise.all([this.#service.start(), this.#startControl()]);
    await this.#applyFaults();
    const outageS = this.#faults['database-outage'];
    if (outageS !== undefined) await this.#inTurn(() => this.#activate('database-outage', outageS));
    const controlUrl = `http://127.0.0.1:${controlPort}`;
    return {
      url: `http://127.0.0.1:${servicePorts.http}`,
      controlUrl,
      ...(database && { databaseUrl: database.url }),
      ...(this.#pm2 && {
        pm2: { name: this.#settings.product.name, home: this.#pm2.home },
        metricsUrl: `${controlUrl}/metrics`,
      }),
    };
  }

  /** Stops everything, the users of a part before the part; also while the start is in progress. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#outageEnd);
    this.#control?.close();
    this.#control?.closeAllConnections();
    await this.#service.stop();
    await this.#providers?.stop();
    const database = await this.#opening?.catch(() => undefined);
    await this.#turn;
    await database?.close();
  }

  async #startControl(): Promise<number> {
    const { server, port } = await startControl(this.#settings.controlPort, {
      faults: faultsOf(this.#settings.product),
      active: () => this.#faults,
      metrics: this.#pm2 && (() => (this.#pm2 as Pm2Processes).metrics()),
      activate: (name, value) => this.#inTurn(() => this.#activate(name, value)),
      lift: (name) => this.#inTurn(() => this.#lift(name)),
    });
    this.#control = server;
    return port;
  }

  #options(name: ProcessName, config: ProcessOptions['config']): ProcessOptions {
    return {
      module: join(import.meta.dirname, `${name}.ts`),
      config,
      onCrash: (how) => {
        // A crash happens once: the new process must not inherit it.
        if (name === 'service') delete this.#faults.crash;
        this.#log(`${name} ended (${how}); starting it again`);
      },
      faults: () => this.#faults,
    };
  }

  #providersConfig(ports: Record<string, number> = {}): ProvidersConfig {
    const { product, providerLatencyScale, providerFailureScale } = this.#settings;
    return {
      product: product.name,
      ports,
      latencyScale: providerLatencyScale,
      failureScale: providerFailureScale,
    };
  }

  #serviceConfig(ports: Record<string, number> | undefined, restarts: number): ServiceConfig {
    const { product, port, adminToken, poolMax, acquireTimeoutMs, queryHoldMs, productSettings } =
      this.#settings;
    return {
      product: product.name,
      port: ports?.http ?? port,
      databaseUrl: this.#databaseUrl,
      settings: { adminToken, poolMax, acquireTimeoutMs, queryHoldMs },
      productSettings,
      providers: Object.fromEntries(
        Object.entries(this.#providerPorts).map(([name, at]) => [name, `http://127.0.0.1:${at}/`]),
      ),
      restarts,
    };
  }

  async #openDatabase(): Promise<Database | undefined> {
    const { product, databaseUrl, dataDir } = this.#settings;
    const what = databaseContentsOf(product);
    if (!what) return undefined;
    return databaseUrl === undefined ? this.#openOwn(dataDir, what) : openExternal(databaseUrl, what);
  }

  async #openOwn(folder: string, what: DatabaseContents): Promise<Database> {
    const cluster = await PostgresCluster.open(folder);
    cluster.onUnexpectedEnd = (cause) => {
      this.#log(`PostgreSQL ended (${cause}); starting it again`);
      cluster.resume().catch((error) => this.#log(`PostgreSQL is away: ${errorMessageOf(error)}`));
    };
    try {
      const url = cluster.url(await seedOwnDatabase((database) => cluster.url(database), what));
      return {
        url,
        halt: () => cluster.halt(),
        resume: () => cluster.resume(),
        close: () => cluster.stop(),
      };
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  async #inTurn(change: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(change);
    this.#turn = done.catch(() => undefined);
    await done;
  }

  async #activate(name: string, value: number): Promise<void> {
    if (name === 'database-outage') {
      const database = await this.#opening;
      clearTimeout(this.#outageEnd);
      await database?.halt();
      if (value > 0) {
        this.#outageEnd = setTimeout(() => {
          this.#inTurn(() => this.#lift(name)).catch((error) => this.#log(errorMessageOf(error)));
        }, value * 1000);
      }
    }
    this.#faults[name] = value;
    await this.#applyFaults();
  }

  async #lift(name: string): Promise<void> {
    if (name === 'database-outage' && name in this.#faults) {
      clearTimeout(this.#outageEnd);
      if (!this.#stopped) await (await this.#opening)?.resume();
    }
    delete this.#faults[name];
    await this.#applyFaults();
  }

  async #applyFaults(): Promise<void> {
    await Promise.all([this.#service.applyFaults(), this.#providers?.applyFaults()]);
  }
}

async function openExternal(url: string, what: DatabaseContents): Promise<Database> {
  const close = await seedExternalDatabase(url, what);
  const refuse = async () => {
    throw new Problem(
      'database-outage needs a database that the target started itself: leave DATABASE_URL unset',
    );
  };
  return { url, halt: refuse, resume: refuse, close };
}

/** What a product's database holds at the start; undefined where it has none. */
function databaseContentsOf({ name, seed, queues = [] }: Product): DatabaseContents | undefined {
  if (seed === undefined) return undefined;
  return {
    product: name,
    seed,
    // Loaded only where a template has to be made, which is not so at an ordinary start.
    installQueues: async (url) => {
      if (queues.length === 0) return;
      const { installQueues } = await import('./queue/job-queue.ts');
      await installQueues(url, QUEUE_SCHEMA, queues);
    },
    queueVersion: queues.length === 0 ? '' : `${queues.join(' ')} pg-boss ${pgBossVersion()}`,
  };
}

function pgBossVersion(): string {
  const entry = fileURLToPath(import.meta.resolve('pg-boss'));
  return JSON.parse(readFileSync(join(dirname(dirname(entry)), 'package.json'), 'utf8')).version;
}
