import { ConnectionPool } from './db/pool.ts';
import { QUEUE_SCHEMA, SCHEMA } from './db/schemas.ts';
import { ServiceCapacity } from './faults/capacity.ts';
import { faultsOf } from './faults/catalog.ts';
import { connectionLeakSwitch, smallPoolSwitch, tableLockSwitch } from './faults/database.ts';
import type { ActiveFaults } from './faults/fault.ts';
import { bufferLeakSwitch, heapLeakSwitch } from './faults/memory.ts';
import { requestFaults } from './faults/requests.ts';
import { type FaultSwitch, Switchboard } from './faults/switchboard.ts';
import { createApp } from './http/app.ts';
import { addCounter, addGauge, addLabeledGauge, createMetrics, type Metrics } from './http/metrics.ts';
import { listenProblem } from './network/listen.ts';
import { runChild } from './process/child-main.ts';
import type { ServiceConfig } from './process/messages.ts';
import { loadProduct } from './products/index.ts';
import type { Database } from './products/product.ts';

const BACKGROUND_POOL_MAX = 4;

runChild<ServiceConfig>('service', async (config) => {
  const product = await loadProduct(config.product);
  const metrics = createMetrics(config.restarts);
  const { registry } = metrics;
  const database = product.seed === undefined ? undefined : openDatabase(config, metrics);
  const { start } = await product.service();
  const service = await start({
    settings: config.settings,
    productSettings: config.productSettings as never,
    get database() {
      if (!database) throw new Error(`${product.name} has no database, because it has no seed`);
      return database;
    },
    registry,
    providers: config.providers,
    instance: Number(process.env.NODE_APP_INSTANCE ?? 0),
  });

  const requestFaultSet = requestFaults(product.removableRoute);
  const capacity = new ServiceCapacity();
  const switchboard = new Switchboard({
    ...(database && databaseFaults(database, config.settings.poolMax, product.lockableTable)),
    'heap-leak': heapLeakSwitch(),
    'buffer-leak': bufferLeakSwitch(),
    ...requestFaultSet.switches,
    'service-capacity': capacity,
    ...service.faults,
  });
  let active: ActiveFaults = {};
  const names = faultsOf(product).map(({ name }) => name);
  addLabeledGauge(registry, 'faults_active', '1 if the fault is active, otherwise 0', 'name', () =>
    Object.fromEntries(names.map((name) => [name, name in active ? 1 : 0])),
  );

  const app = createApp({
    product: product.name,
    metrics,
    health: async () => {
      await database?.background.query('SELECT 1');
      return service.health?.();
    },
    onRequest: requestFaultSet.onRequest,
    waitForTurn: () => capacity.waitForTurn(),
  });
  await app.register(async (scope) => service.plugin(scope));

  await Promise.all([database?.pool.warm(), database?.background.warm()]);
  await service.startBackgroundWork?.();
  const url = await app.listen({ port: config.port, host: '127.0.0.1' }).catch((error) => {
    throw listenProblem(error, config.port, 'PORT');
  });

  return {
    ports: { http: Number(new URL(url).port) },
    applyFaults: async (faults) => {
      active = faults;
      await switchboard.update(faults);
    },
    metrics: () => registry.getMetricsAsJSON(),
    stop: async () => {
      await app.close();
      await service.stop?.();
      await Promise.all([database?.pool.end(), database?.background.end()]);
    },
  };
});

function openDatabase({ product, databaseUrl: url, settings }: ServiceConfig, { registry }: Metrics): Database {
  const shared = { url, searchPath: SCHEMA };
  const pool = new ConnectionPool({
    ...shared,
    applicationName: product,
    max: settings.poolMax,
    acquireTimeoutMs: settings.acquireTimeoutMs,
    holdMs: settings.queryHoldMs,
  });
  const background = new ConnectionPool({
    ...shared,
    applicationName: `${product}-background`,
    max: BACKGROUND_POOL_MAX,
    acquireTimeoutMs: 2000,
    holdMs: 0,
  });
  addGauge(registry, 'db_pool_max', 'Maximum number of connections in the pool', () => pool.max);
  addLabeledGauge(registry, 'db_pool_connections', 'Connections in the pool by state', 'state', () => ({
    active: pool.active,
    idle: pool.idle,
  }));
  addGauge(registry, 'db_pool_waiting', 'Requests and jobs that wait for a connection', () => pool.waiting);
  addCounter(
    registry,
    'db_pool_acquire_timeouts_total',
    'Requests and jobs that timed out waiting for a connection',
    () => pool.acquireTimeouts,
  );
  return { url, pool, background, schema: SCHEMA, queueSchema: QUEUE_SCHEMA };
}

function databaseFaults(
  { url, pool, schema }: Database,
  poolMax: number,
  lockableTable: string | undefined,
): Record<string, FaultSwitch> {
  return {
    'small-pool': smallPoolSwitch(pool, poolMax),
    'connection-leak': connectionLeakSwitch(pool),
    ...(lockableTable && { 'database-lock': tableLockSwitch(url, `${schema}.${lockableTable}`) }),
  };
}
