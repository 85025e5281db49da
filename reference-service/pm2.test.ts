import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { dataFolder, descendantPids, eventually, pidsMentioning, runningPids, TestTarget } from './testing/target.ts';

/**
 * Data folder of the target. Tests find PM2 processes by this path in their command lines, because PM2 processes are
 * not descendants of the target.
 */
const folder = dataFolder();
const pm2Processes = () => pidsMentioning(`${folder}/pm2`);

const targets: TestTarget[] = [];
const launch = (env: Record<string, string>) => {
  const target = new TestTarget({ TARGET_DATA_DIR: folder, DB_POOL_MAX: '5', ...env });
  targets.push(target);
  return target.ready();
};
after(() => Promise.all(targets.map((target) => target.stop())));

describe('TARGET_MODE=cluster', () => {
  let target: TestTarget;
  before(async () => {
    target = await launch({ TARGET_MODE: 'cluster', TARGET_INSTANCES: '2' });
  });

  const aggregatedMetrics = async () => {
    const text = await (await fetch(target.endpoints.metricsUrl ?? '')).text();
    const value = (series: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.slice(series.length),
      );
    return { poolMax: value('db_pool_max'), restarts: value('target_restarts_total'), text };
  };
  const get = () =>
    fetch(`${target.endpoints.url}/admin/stats/1`, {
      headers: { connection: 'close', authorization: 'Bearer local-admin-token' },
    });

  test('under PM2, all service processes share one port, and the control endpoint aggregates their metrics', async () => {
    for (let i = 0; i < 20; i++) assert.equal((await get()).status, 200);
    const { poolMax, restarts, text } = await aggregatedMetrics();
    assert.deepEqual([poolMax, restarts], [10, 0]);
    assert.match(text, /^http_requests_total\{.*stats.*\} 20$/m);
    const metricsOfOne = await (await fetch(`${target.endpoints.url}/metrics`)).text();
    const requests = Number(/^http_requests_total\{.*stats.*\} (\d+)$/m.exec(metricsOfOne)?.[1]);
    assert.ok(requests > 0 && requests < 20, `each process served some of the requests: ${requests}`);
  });

  test('under PM2, a fault takes effect in every service process', async () => {
    await target.fault('PUT', 'small-pool', 2);
    assert.equal((await aggregatedMetrics()).poolMax, 4);
    await target.fault('DELETE', 'small-pool');
    assert.equal((await aggregatedMetrics()).poolMax, 10);
  });

  test('PM2 restarts a crashed service process while a second process serves requests', async () => {
    await target.fault('PUT', 'crash', 3);
    for (let i = 0; i < 6; i++) await get().catch(() => undefined);
    await eventually(
      async () => (await aggregatedMetrics()).restarts >= 1 && (await aggregatedMetrics()).poolMax === 10,
    );
    // Lift the fault, so that no further process crashes.
    await target.fault('DELETE', 'crash');
    assert.equal((await get()).status, 200);
  });

  test('a target in cluster mode ends all processes on SIGTERM, including the PM2 daemon', async () => {
    assert.ok(pm2Processes().length > 0);
    const processes = descendantPids(target.endpoints.pid);
    target.process.kill('SIGTERM');
    assert.equal(await target.exitCode(), 0);
    await eventually(() => runningPids([...processes, ...pm2Processes()]).length === 0);
  });
});

test('a target with TARGET_MODE=fork runs one process under PM2, and leaves no process running after kill -9', async () => {
  const target = await launch({ TARGET_MODE: 'fork' });
  assert.equal(target.endpoints.pm2?.name, 'booking');
  assert.equal((await target.get('/health', {})).status, 200);
  const processes = [...descendantPids(target.endpoints.pid), ...pm2Processes()];
  target.process.kill('SIGKILL');
  await eventually(() => runningPids([...processes, ...pm2Processes()]).length === 0);
});
