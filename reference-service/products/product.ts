import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { ConnectionPool } from '../db/pool.ts';
import type { Fault } from '../faults/fault.ts';
import type { FaultSwitch } from '../faults/switchboard.ts';
import type { Setting } from '../setting-kinds.ts';
import type { ProviderOptions, TunableProperty } from '../simulated/provider.ts';

/** Settings of a product's own, by the key under which the service reads them. */
export type ProductSettings = Readonly<Record<string, Setting<unknown>>>;

/** What a product's own settings are once they are read; undefined where one has no default and is not set. */
export type SettingValues<Own extends ProductSettings> = {
  -readonly [Key in keyof Own]:
    | NonNullable<ReturnType<Own[Key]['parse']>>
    | (Own[Key] extends { fallback: string } ? never : undefined);
};

/**
 * A product of the reference service, as every process of the target reads it: the supervisor, the service and the
 * providers. What only the service needs is behind `service`, and loaded there alone.
 */
export interface Product<Own extends ProductSettings = ProductSettings> {
  /** Name of its folder, and of its tests' folder. */
  name: string;
  /** SQL that creates and fills its tables in the current schema, always with the same rows. Absent: no database is started. */
  seed?: string;
  /** Queues that it keeps in its database. */
  queues?: readonly string[];
  /** Where it wants another default than the general one: `{ DB_QUERY_HOLD_MS: '0' }`. What is set comes before it. */
  defaults?: Readonly<Record<string, string>>;
  settings?: Own;
  /** Beside the general ones. */
  faults?: readonly Fault[];
  /** Table that the fault `database-lock` locks; without one, the product does not have that fault. */
  lockableTable?: string;
  /** Route template that the fault `missing-route` takes away; without one, the product does not have that fault. */
  removableRoute?: string;
  /** The upstreams that it calls, by name, simulated in a process of their own. Each is scaled by PROVIDER_LATENCY_SCALE and PROVIDER_FAILURE_SCALE. */
  providers?: Readonly<Record<string, ProviderOptions>>;
  /** How a fault with the site `providers` acts on one of them. */
  providerFaults?: Readonly<Record<string, ProviderFault>>;
  service(): Promise<{ start: StartService<Own> }>;
}

export interface ProviderFault {
  provider: string;
  /** What the fault's value becomes. */
  sets: TunableProperty;
}

/** Called once the pools exist and before anything listens. */
export type StartService<Own extends ProductSettings = ProductSettings> = (
  context: ServiceContext<Own>,
) => Promise<Service>;

/** What the service process gives a product. */
export interface ServiceContext<Own extends ProductSettings = ProductSettings> {
  settings: ServiceSettings;
  /** Values of the product's own settings. */
  productSettings: SettingValues<Own>;
  /** Requests are to use `pool` and all else `background`. @throws where the product has no seed */
  readonly database: Database;
  registry: Registry;
  /** URL of each of its providers, by name. */
  providers: Readonly<Record<string, string>>;
  /** Number of this process among those that serve together, from 0. */
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
  /** Few connections of its own, without hold: for what must not compete with the requests. */
  background: ConnectionPool;
  /** Schema of the product's tables, which is in the search path, and of its queues. */
  schema: string;
  queueSchema: string;
}

/** A product at work in the service. */
export interface Service {
  /** Adds its routes. Errors are thrown as `httpError(status, code, message)`. */
  plugin(app: FastifyInstance): Promise<void> | void;
  /** Those of its own faults whose site is `service`, each with how it is brought about. */
  faults?: Readonly<Record<string, FaultSwitch>>;
  /** What `/health` says beside `status` and `product`. A throw makes it answer 503. */
  health?(): Promise<Readonly<Record<string, unknown>>>;
  /** Begins what runs beside the requests, once the pools are warm. */
  startBackgroundWork?(): Promise<void>;
  /** Ends what runs beside the requests, after the last of them. */
  stop?(): Promise<void>;
}

/** A product whose own settings keep their types. */
export const defineProduct = <const Own extends ProductSettings = Record<never, never>>(
  product: Product<Own>,
): Product<Own> => product;
