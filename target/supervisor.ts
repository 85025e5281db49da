import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startControl } from './control.ts';
import { Cluster } from './db/cluster.ts';
import { type Installation, seedCluster, seedForeign } from './db/prepare.ts';
import { QUEUE_SCHEMA } from './db/schemas.ts';
import type { ActiveFaults, FaultName } from './faults/table.ts';
import { causeOf, Problem } from './problem.ts';
import { Child, type ChildOptions } from './process/child.ts';
import type { ProvidersConfig, ServiceConfig } from './process/messages.ts';
import { QUEUE_NAME } from './products/booking/queue-name.ts';
import { bookingSeed } from './products/booking/seed.ts';
import type { Settings } from './settings.ts';

export type Endpoints = { url: string; controlUrl: string; databaseUrl: string };

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
  readonly #service: Child;
  readonly #providers: Child;
  readonly #faults: ActiveFaults;
  #providerPorts: Record<string, number> = {};
  #databaseUrl = '';
  #opening: Promise<Database> | undefined;
  #control: Server | undefined;
  #outageEnd: NodeJS.Timeout | undefined;
  #stopped: Promise<void> | undefined;
  /** One change of the faults at a time: an outage can't end while it begins. */
  #turn: Promise<void> = Promise.resolve();

  constructor(settings: Settings, log: (line: string) => void) {
    this.#settings = settings;
    this.#log = log;
    this.#faults = { ...settings.faults };
    this.#providers = this.#child('providers', (ports) => this.#providersConfig(ports));
    this.#service = this.#child('service', (ports, restarts) => this.#serviceConfig(ports, restarts));
  }

  /** @throws Problem when something can't start; `stop` must be called then, too. */
  async start(): Promise<Endpoints> {
    this.#opening = this.#openDatabase();
    const [database, providerPorts] = await Promise.all([this.#opening, this.#providers.start()]);
    this.#databaseUrl = database.url;
    this.#providerPorts = providerPorts;
    const [servicePorts, controlPort] = await Promise.all([this.#service.start(), this.#startControl()]);
    await this.#followFaults();
    const outageS = this.#faults['database-outage'];
    if (outageS !== undefined) await this.#inTurn(() => this.#activate('database-outage', outageS));
    return {
      url: `http://127.0.0.1:${servicePorts.http}`,
      controlUrl: `http://127.0.0.1:${controlPort}`,
      databaseUrl: database.url,
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
    await this.#providers.stop();
    const database = await this.#opening?.catch(() => undefined);
    await this.#turn;
    await database?.close();
  }

  async #startControl(): Promise<number> {
    const { server, port } = await startControl(this.#settings.controlPort, {
      active: () => this.#faults,
      activate: (name, value) => this.#inTurn(() => this.#activate(name, value)),
      lift: (name) => this.#inTurn(() => this.#lift(name)),
    });
    this.#control = server;
    return port;
  }

  #child(name: 'service' | 'providers', config: ChildOptions['config']): Child {
    return new Child({
      name,
      module: join(import.meta.dirname, `${name}.ts`),
      config,
      onCrash: (how) => {
        // A crash happens once: the new process must not inherit it.
        if (name === 'service') delete this.#faults.crash;
        this.#log(`${name} ended (${how}); starting it again`);
      },
      faults: () => this.#faults,
    });
  }

  #providersConfig(ports: Record<string, number> | undefined): ProvidersConfig {
    return {
      ports: { ai: ports?.ai ?? 0, whatsapp: ports?.whatsapp ?? 0 },
      latencyScale: this.#settings.providerLatencyScale,
      failureScale: this.#settings.providerFailureScale,
    };
  }

  #serviceConfig(ports: Record<string, number> | undefined, restarts: number): ServiceConfig {
    const { port, poolMax, acquireTimeoutMs, queryHoldMs, jobConcurrency, cacheMaxEntries } = this.#settings;
    return {
      port: ports?.http ?? port,
      databaseUrl: this.#databaseUrl,
      poolMax,
      acquireTimeoutMs,
      queryHoldMs,
      jobConcurrency,
      cacheMaxEntries,
      adminToken: this.#settings.adminToken,
      webhookSecret: this.#settings.webhookSecret,
      aiUrl: `http://127.0.0.1:${this.#providerPorts.ai}/`,
      whatsappUrl: `http://127.0.0.1:${this.#providerPorts.whatsapp}/`,
      restarts,
    };
  }

  async #openDatabase(): Promise<Database> {
    const { databaseUrl, dataDir } = this.#settings;
    return databaseUrl === undefined ? this.#openOwn(dataDir) : openForeign(databaseUrl);
  }

  async #openOwn(folder: string): Promise<Database> {
    const cluster = await Cluster.open(folder);
    cluster.onUnexpectedEnd = (cause) => {
      this.#log(`PostgreSQL ended (${cause}); starting it again`);
      cluster.resume().catch((error) => this.#log(`PostgreSQL is away: ${causeOf(error)}`));
    };
    try {
      const url = cluster.url(await seedCluster((database) => cluster.url(database), installation()));
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

  async #activate(name: FaultName, value: number): Promise<void> {
    if (name === 'database-outage') {
      const database = await this.#opening;
      clearTimeout(this.#outageEnd);
      await database?.halt();
      if (value > 0) {
        this.#outageEnd = setTimeout(() => {
          this.#inTurn(() => this.#lift(name)).catch((error) => this.#log(causeOf(error)));
        }, value * 1000);
      }
    }
    this.#faults[name] = value;
    await this.#followFaults();
  }

  async #lift(name: FaultName): Promise<void> {
    if (name === 'database-outage' && name in this.#faults) {
      clearTimeout(this.#outageEnd);
      if (!this.#stopped) await (await this.#opening)?.resume();
    }
    delete this.#faults[name];
    await this.#followFaults();
  }

  async #followFaults(): Promise<void> {
    await Promise.all([this.#service.followFaults(), this.#providers.followFaults()]);
  }
}

async function openForeign(url: string): Promise<Database> {
  const close = await seedForeign(url, installation());
  const refuse = async () => {
    throw new Problem(
      'database-outage needs a database that the target started itself: leave DATABASE_URL unset',
    );
  };
  return { url, halt: refuse, resume: refuse, close };
}

function installation(): Installation {
  return {
    seeds: [bookingSeed],
    // Loaded only where a template has to be made, which is not so at an ordinary start.
    installQueue: async (url) => {
      const { installQueue } = await import('./queue/queue.ts');
      await installQueue(url, QUEUE_SCHEMA, QUEUE_NAME);
    },
    queueVersion: `${QUEUE_NAME} pg-boss ${pgBossVersion()}`,
  };
}

function pgBossVersion(): string {
  const entry = fileURLToPath(import.meta.resolve('pg-boss'));
  return JSON.parse(readFileSync(join(dirname(dirname(entry)), 'package.json'), 'utf8')).version;
}
