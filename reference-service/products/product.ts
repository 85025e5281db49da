import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { ConnectionPool } from '../db/pool.ts';
import type { Fault } from '../faults/fault.ts';
import type { FaultSwitch } from '../faults/switchboard.ts';
import type { Setting } from '../setting-kinds.ts';
import type { ProviderOptions, TunableProperty } from '../simulated/provider.ts';

/** Settings that only one product has. The keys become the property names in `productSettings`. */
export type ProductSettings = Readonly<Record<string, Setting<unknown>>>;

/**
 * Parsed values of the settings that only one product has. The value of a setting without a default may be undefined.
 */
export type SettingValues<Settings extends ProductSettings> = {
  -readonly [Key in keyof Settings]:
    | NonNullable<ReturnType<Settings[Key]['parse']>>
    | (Settings[Key] extends { fallback: string } ? never : undefined);
};

/**
 * A product of the reference service. All processes of the target (supervisor, service and providers) load this object.
 * Code that only the service process needs is loaded by the method `service`.
 */
export interface Product<Settings extends ProductSettings = ProductSettings> {
  /** Name of the product. The folders of the product in `products/` and `tests/` have the same name. */
  name: string;
  /**
   * SQL script that creates and fills the tables in the current schema, always with the same rows. If a product has no
   * seed, the target starts no database.
   */
  seed?: string;
  /** Names of the job queues that the product needs in the database. */
  queues?: readonly string[];
  /**
   * Defaults that replace the defaults of general settings, such as `{ DB_QUERY_HOLD_MS: '0' }`. Environment variables
   * override the defaults.
   */
  defaults?: Readonly<Record<string, string>>;
  settings?: Settings;
  /** Faults that only this product has, in addition to the general faults. */
  faults?: readonly Fault[];
  /** Table that the fault `database-lock` locks. If undefined, the product does not have this fault. */
  lockableTable?: string;
  /**
   * URL template of the route that the fault `missing-route` removes. If undefined, the product does not have this
   * fault.
   */
  removableRoute?: string;
  /**
   * The external services that the product calls, by name. A separate process simulates the services.
   * PROVIDER_LATENCY_SCALE and PROVIDER_FAILURE_SCALE are factors for the latencies and failure rates.
   */
  providers?: Readonly<Record<string, ProviderOptions>>;
  /** Maps each fault with the site `providers` to the provider and the property that the fault changes. */
  providerFaults?: Readonly<Record<string, ProviderFault>>;
  /** Loads the code that only the service process needs. */
  service(): Promise<{ start: StartService<Settings> }>;
}

export interface ProviderFault {
  provider: string;
  /** The property of the provider that the fault sets to its value. */
  sets: TunableProperty;
}

/**
 * A function that creates the service of a product. Called after the connection pools are created, before the server
 * listens.
 */
export type StartService<Settings extends ProductSettings = ProductSettings> = (
  context: ServiceContext<Settings>,
) => Promise<Service>;

/** Settings and resources that the service process provides to a product. */
export interface ServiceContext<Settings extends ProductSettings = ProductSettings> {
  settings: ServiceSettings;
  /** Values of the settings that only the running product has. */
  productSettings: SettingValues<Settings>;
  /**
   * The database of the product. Use the connection pool `pool` for requests, and `background` for all other work. If
   * the product has no seed, reading this property throws an Error.
   */
  readonly database: Database;
  registry: Registry;
  /** Maps the name of each simulated provider to the URL of the provider. */
  providers: Readonly<Record<string, string>>;
  /** Index of this process among all service processes. The first process has index 0. */
  instance: number;
}

export interface ServiceSettings {
  adminToken: string;
  poolMax: number;
  acquireTimeoutMs: number;
  queryHoldMs: number;
}

export interface Database {
  url: string;
  pool: ConnectionPool;
  /**
   * A separate small connection pool without a hold time. Use this pool for background work, so that requests do not
   * have to wait for it.
   */
  background: ConnectionPool;
  /**
   * Name of the schema that contains the tables of the product. SQL statements need not mention the schema, because it
   * is in the search path.
   */
  schema: string;
  /** Name of the schema that contains the job queues. */
  queueSchema: string;
}

/** The running service of a product, which provides routes and faults. */
export interface Service {
  /**
   * Adds the routes of the product. Route handlers throw `httpError(status, code, message)` to respond with an error.
   */
  plugin(app: FastifyInstance): Promise<void> | void;
  /** Maps the name of each product-specific fault with the site `service` to the switch of the fault. */
  faults?: Readonly<Record<string, FaultSwitch>>;
  /** Returns additional fields of the `/health` response. If this method throws, the response has status 503. */
  health?(): Promise<Readonly<Record<string, unknown>>>;
  /** Starts background work of the product. Called once the connection pools have opened all connections. */
  startBackgroundWork?(): Promise<void>;
  /** Stops background work of the product. Called after the last request has ended. */
  stop?(): Promise<void>;
}

/** Returns the product unchanged. Calling this function lets TypeScript infer the types of the settings. */
export const defineProduct = <const Settings extends ProductSettings = Record<never, never>>(
  product: Product<Settings>,
): Product<Settings> => product;
