import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  dataFolder,
  descendantPids,
  eventually,
  pidsMentioning,
  runningPids,
  TestTarget,
} from './testing/target.ts';

/** PM2 detaches itself, so its processes are nobody's descendants: all of them name their folder or its title. */
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

  const sums = async () => {
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

  test('real processes share one port, and the metrics of all are added up', async () => {
    for (let i = 0; i < 20; i++) assert.equal((await get()).status, 200);
    const { poolMax, restarts, text } = await sums();
    assert.deepEqual([poolMax, restarts], [10, 0]);
    assert.match(text, /^http_requests_total\{.*stats.*\} 20$/m);
    const one = await (await fetch(`${target.endpoints.url}/metrics`)).text();
    const own = Number(/^http_requests_total\{.*stats.*\} (\d+)$/m.exec(one)?.[1]);
    assert.ok(own > 0 && own < 20, `each process has served some of them: ${own}`);
  });

  test('faults reach every process', async () => {
    await target.fault('PUT', 'small-pool', 2);
    assert.equal((await sums()).poolMax, 4);
    await target.fault('DELETE', 'small-pool');
    assert.equal((await sums()).poolMax, 10);
  });

  test('PM2 starts a process again that crashes, while the other serves', async () => {
    await target.fault('PUT', 'crash', 3);
    for (let i = 0; i < 6; i++) await get().catch(() => undefined);
    await eventually(async () => (await sums()).restarts >= 1 && (await sums()).poolMax === 10);
    // How many requests each process has left until it crashes, nobody knows.
    await target.fault('DELETE', 'crash');
    assert.equal((await get()).status, 200);
  });

  test('SIGTERM ends everything, the daemon of PM2 too', async () => {
    assert.ok(pm2Processes().length > 0);
    const family = descendantPids(target.endpoints.pid);
    target.process.kill('SIGTERM');
    assert.equal(await target.exitCode(), 0);
    await eventually(() => runningPids([...family, ...pm2Processes()]).length === 0);
  });
});

test('TARGET_MODE=fork is one process under PM2; kill -9 of the target leaves nothing running', async () => {
  const target = await launch({ TARGET_MODE: 'fork' });
  assert.equal(target.endpoints.pm2?.name, 'booking');
  assert.equal((await target.get('/health', {})).status, 200);
  const family = [...descendantPids(target.endpoints.pid), ...pm2Processes()];
  target.process.kill('SIGKILL');
  await eventually(() => runningPids([...family, ...pm2Processes()]).length === 0);
});
