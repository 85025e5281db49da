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
import type { TargetSettings } from './settings.ts';

export type Endpoints = {
  url: string;
  controlUrl: string;
  /** Connection URL of the database; undefined if the product has no database. */
  databaseUrl?: string;
  /** Name of the PM2 app, and PM2_HOME of the PM2 daemon. Undefined if the service does not run under PM2. */
  pm2?: { name: string; home: string };
  /** URL of the metrics of all service processes, aggregated. Undefined if the service does not run under PM2. */
  metricsUrl?: string;
};

type ProcessName = 'service' | 'providers';

type Database = {
  url: string;
  halt(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
};

/** Starts the database, the simulated providers and the service. Restarts each of them after a crash. */
export class Supervisor {
  readonly #settings: TargetSettings;
  readonly #log: (line: string) => void;
  readonly #service: ManagedProcess;
  readonly #pm2: Pm2Processes | undefined;
  readonly #providers: ForkedProcess | undefined;
  readonly #faults: ActiveFaults;
  #providerPorts: Record<string, number> = {};
  #databaseUrl = '';
  #database: Promise<Database | undefined> | undefined;
  #control: Server | undefined;
  #outageEnd: NodeJS.Timeout | undefined;
  #stopped: Promise<void> | undefined;
  /**
   * The last change of the active faults. Changes run one after another, so that a fault does not end while it is still
   * starting.
   */
  #lastChange: Promise<void> = Promise.resolve();

  constructor(settings: TargetSettings, log: (line: string) => void) {
    this.#settings = settings;
    this.#log = log;
    this.#faults = { ...settings.faults };
    const { product, mode } = settings;
    if (product.providers)
      this.#providers = new ForkedProcess(this.#options('providers', (ports) => this.#providersConfig(ports)));
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

  /**
   * Starts all parts of the target. @throws Problem if a part cannot start. The caller must then call `stop`, because
   *   other parts may be running.
   */
  async start(): Promise<Endpoints> {
    this.#database = this.#openDatabase();
    const [database, providerPorts] = await Promise.all([this.#database, this.#providers?.start()]);
    this.#databaseUrl = database?.url ?? '';
    this.#providerPorts = providerPorts ?? {};
    const [servicePorts, controlPort] = await Promise.all([this.#service.start(), this.#startControl()]);
    await this.#applyFaults();
    const outageS = this.#faults['database-outage'];
    if (outageS !== undefined) await this.#runInSequence(() => this.#activate('database-outage', outageS));
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

  /** Stops the service, then the providers, then the database. May be called while `start` is still running. */
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
    const database = await this.#database?.catch(() => undefined);
    await this.#lastChange;
    await database?.close();
  }

  async #startControl(): Promise<number> {
    const { server, port } = await startControl(this.#settings.controlPort, {
      faults: faultsOf(this.#settings.product),
      active: () => this.#faults,
      metrics: this.#pm2 && (() => (this.#pm2 as Pm2Processes).metrics()),
      activate: (name, value) => this.#runInSequence(() => this.#activate(name, value)),
      lift: (name) => this.#runInSequence(() => this.#lift(name)),
    });
    this.#control = server;
    return port;
  }

  #options(name: ProcessName, config: ProcessOptions['config']): ProcessOptions {
    return {
      module: join(import.meta.dirname, `${name}.ts`),
      config,
      onCrash: (reason) => {
        // Lift the fault `crash` before the restart, because the fault must crash only one process.
        if (name === 'service') delete this.#faults.crash;
        this.#log(`${name} ended (${reason}); restarting it`);
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
    const { product, port, adminToken, poolMax, acquireTimeoutMs, queryHoldMs, productSettings } = this.#settings;
    return {
      product: product.name,
      port: ports?.http ?? port,
      databaseUrl: this.#databaseUrl,
      settings: { adminToken, poolMax, acquireTimeoutMs, queryHoldMs },
      productSettings,
      providers: Object.fromEntries(
        Object.entries(this.#providerPorts).map(([name, providerPort]) => [name, `http://127.0.0.1:${providerPort}/`]),
      ),
      restarts,
    };
  }

  async #openDatabase(): Promise<Database | undefined> {
    const { product, databaseUrl, dataDir } = this.#settings;
    const contents = databaseContentsOf(product);
    if (!contents) return undefined;
    return databaseUrl === undefined ? this.#openOwn(dataDir, contents) : openExternal(databaseUrl, contents);
  }

  async #openOwn(folder: string, contents: DatabaseContents): Promise<Database> {
    const cluster = await PostgresCluster.open(folder);
    cluster.onUnexpectedEnd = (cause) => {
      this.#log(`PostgreSQL ended (${cause}); restarting it`);
      cluster.resume().catch((error) => this.#log(`PostgreSQL could not be restarted: ${errorMessageOf(error)}`));
    };
    try {
      const url = cluster.url(await seedOwnDatabase((database) => cluster.url(database), contents));
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

  async #runInSequence(change: () => Promise<void>): Promise<void> {
    const done = this.#lastChange.then(change);
    this.#lastChange = done.catch(() => undefined);
    await done;
  }

  async #activate(name: string, value: number): Promise<void> {
    if (name === 'database-outage') {
      const database = await this.#database;
      clearTimeout(this.#outageEnd);
      await database?.halt();
      if (value > 0) {
        this.#outageEnd = setTimeout(() => {
          this.#runInSequence(() => this.#lift(name)).catch((error) => this.#log(errorMessageOf(error)));
        }, value * 1000);
      }
    }
    this.#faults[name] = value;
    await this.#applyFaults();
  }

  async #lift(name: string): Promise<void> {
    if (name === 'database-outage' && name in this.#faults) {
      clearTimeout(this.#outageEnd);
      if (!this.#stopped) await (await this.#database)?.resume();
    }
    delete this.#faults[name];
    await this.#applyFaults();
  }

  async #applyFaults(): Promise<void> {
    await Promise.all([this.#service.applyFaults(), this.#providers?.applyFaults()]);
  }
}

async function openExternal(url: string, contents: DatabaseContents): Promise<Database> {
  const close = await seedExternalDatabase(url, contents);
  const refuseOutage = async () => {
    throw new Problem('database-outage requires a database that the target started itself: leave DATABASE_URL unset');
  };
  return { url, halt: refuseOutage, resume: refuseOutage, close };
}

/** Returns the initial contents of the database of a product; undefined if the product has no database. */
function databaseContentsOf({ name, seed, queues = [] }: Product): DatabaseContents | undefined {
  if (seed === undefined) return undefined;
  return {
    product: name,
    seed,
    // Import the module only when a template must be built, because most starts reuse an existing template.
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
