import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { ConnectionPool } from '../db/pool.ts';
import type { Fault } from '../faults/fault.ts';
import type { FaultSwitch } from '../faults/switchboard.ts';
import type { Setting } from '../setting-kinds.ts';
import type { ProviderOptions, TunableProperty } from '../simulated/provider.ts';

/** Settings that only one product has, by the name of their property in `productSettings`. */
export type ProductSettings = Readonly<Record<string, Setting<unknown>>>;

/** Parsed values of the settings of a product. A setting without a default may be undefined. */
export type SettingValues<Settings extends ProductSettings> = {
  -readonly [Key in keyof Settings]:
    | NonNullable<ReturnType<Settings[Key]['parse']>>
    | (Settings[Key] extends { fallback: string } ? never : undefined);
};

/**
 * A product of the reference service. Every process of the target loads it: the supervisor, the service and the providers.
 * Code that only the service process needs is imported by `service`.
 */
export interface Product<Settings extends ProductSettings = ProductSettings> {
  /** Name of the product, and of its folders here and in `tests/`. */
  name: string;
  /**
   * SQL that creates and fills the tables in the current schema, always with the same rows. Without it, no database is
   * started.
   */
  seed?: string;
  /** Names of the job queues in the database. */
  queues?: readonly string[];
  /** Defaults that replace those of general settings, such as `{ DB_QUERY_HOLD_MS: '0' }`. The environment overrides them. */
  defaults?: Readonly<Record<string, string>>;
  settings?: Settings;
  /** Faults that only this product has, in addition to the general ones. */
  faults?: readonly Fault[];
  /** Table that the fault `database-lock` locks. Without it, the product does not have this fault. */
  lockableTable?: string;
  /** Template of the route that the fault `missing-route` removes. Without it, the product does not have this fault. */
  removableRoute?: string;
  /**
   * The external services that the product calls, by name. They are simulated in a separate process, scaled by
   * PROVIDER_LATENCY_SCALE and PROVIDER_FAILURE_SCALE.
   */
  providers?: Readonly<Record<string, ProviderOptions>>;
  /** The effect of each fault with the site `providers`, by the name of the fault. */
  providerFaults?: Readonly<Record<string, ProviderFault>>;
  /** Imports the code of the service process. */
  service(): Promise<{ start: StartService<Settings> }>;
}

export interface ProviderFault {
  provider: string;
  /** Property of the provider that is set to the value of the fault. */
  sets: TunableProperty;
}

/** Creates the service of a product. Called after the connection pools are created and before the server listens. */
export type StartService<Settings extends ProductSettings = ProductSettings> = (
  context: ServiceContext<Settings>,
) => Promise<Service>;

/** What the service process provides to a product. */
export interface ServiceContext<Settings extends ProductSettings = ProductSettings> {
  settings: ServiceSettings;
  /** Values of the settings that only this product has. */
  productSettings: SettingValues<Settings>;
  /**
   * Use `pool` for requests and `background` for everything else. Accessing either throws an Error if the product has
   * no seed.
   */
  readonly database: Database;
  registry: Registry;
  /** URL of each simulated provider, by name. */
  providers: Readonly<Record<string, string>>;
  /** Index of this process among the processes of the service, from 0. */
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
  /** A separate small pool without hold time, for background work that must not compete with requests. */
  background: ConnectionPool;
  /** Name of the schema with the tables of the product, which is in the search path. */
  schema: string;
  /** Name of the schema with the job queues. */
  queueSchema: string;
}

/** The running service of a product. */
export interface Service {
  /** Adds the routes. Handlers throw `httpError(status, code, message)`. */
  plugin(app: FastifyInstance): Promise<void> | void;
  /** A switch for each fault that only this product has and whose site is `service`, by name. */
  faults?: Readonly<Record<string, FaultSwitch>>;
  /** Additional fields of the response to `/health`. If it throws, the response is a 503. */
  health?(): Promise<Readonly<Record<string, unknown>>>;
  /** Starts work in the background. Called once the pools have opened their connections. */
  startBackgroundWork?(): Promise<void>;
  /** Stops the work in the background. Called after the last request. */
  stop?(): Promise<void>;
}

/** Returns the product unchanged, with inferred types of its settings. */
export const defineProduct = <const Settings extends ProductSettings = Record<never, never>>(
  product: Product<Settings>,
): Product<Settings> => product;
