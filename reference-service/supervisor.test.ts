import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { PostgresCluster } from './db/postgres-cluster.ts';
import {
  descendantPids,
  eventually,
  fetchJson,
  NEW_BOOKING,
  pidsMentioning,
  runningPids,
  TestTarget,
  tempFolder,
} from './testing/target.ts';

const folder = tempFolder();
const targets: TestTarget[] = [];
/** Starts a target, with its data in the folder of this file unless told otherwise. */
const launch = (env: Record<string, string> = {}) => {
  const target = new TestTarget({ TARGET_DATA_DIR: folder, ...env });
  targets.push(target);
  return target;
};
/** The process of the database server that the folder names. */
const recordedServer = () =>
  Number(readFileSync(join(folder, 'pg', 'postmaster.pid'), 'utf8').split('\n')[0]);
after(() => Promise.all(targets.map((target) => target.stop())));

test('SIGTERM ends everything that was started, with exit code 0', async () => {
  const target = await launch().ready();
  const family = descendantPids(target.endpoints.pid);
  assert.ok(family.length >= 8, `service, providers, keeper and PostgreSQL: ${family.length} processes`);
  target.process.kill('SIGTERM');
  assert.equal(await target.exitCode(), 0);
  assert.deepEqual(runningPids(family), []);
  assert.equal(target.log, '', 'quiet by default');
});

test('SIGTERM during the start ends everything, too', async () => {
  const target = launch();
  const family = await eventually(() => {
    const started = descendantPids(target.process.pid ?? 0);
    return started.length >= 4 && started;
  });
  const all = new Set([...family, ...descendantPids(target.process.pid ?? 0)]);
  target.process.kill('SIGTERM');
  await target.startResult().catch(() => undefined);
  await target.exitCode();
  assert.deepEqual(runningPids([...all, ...pidsMentioning(folder)]), []);
});

test('kill -9 at any moment of the start leaves nothing running', async () => {
  for (const afterMs of [150, 250, 350, 450, 550]) {
    const target = launch();
    target.startResult().catch(() => undefined);
    await delay(afterMs);
    const family = descendantPids(target.process.pid ?? 0);
    target.process.kill('SIGKILL');
    await eventually(() => runningPids([...family, ...pidsMentioning(folder)]).length === 0);
  }
});

test('kill -9 of the supervisor leaves nothing running', async () => {
  const target = await launch().ready();
  const family = descendantPids(target.endpoints.pid);
  target.process.kill('SIGKILL');
  await eventually(() => runningPids(family).length === 0);
});

test('the end of the process that started it ends the target', async () => {
  const target = await launch().ready();
  const family = descendantPids(target.endpoints.pid);
  target.process.disconnect();
  await target.exitCode();
  assert.deepEqual(runningPids(family), []);
});

test('a warm start is quick and sees freshly seeded data', async () => {
  const first = await launch().ready();
  const seeded = (await first.get('/admin/bookings/1')).body;
  await first.post('/admin/bookings/1', NEW_BOOKING);
  await first.stop();
  const started = performance.now();
  const second = await launch().ready();
  const tookMs = performance.now() - started;
  // Some 650 ms where nothing else runs; the rest is for crowded machines.
  assert.ok(tookMs < 5000, `${tookMs} ms`);
  assert.deepEqual((await second.get('/admin/bookings/1')).body, seeded);
  await second.stop();
});

test('a second target on the same folder is refused and names the first, which goes on', async () => {
  const first = await launch().ready();
  const second = launch();
  const error = await second.startError();
  assert.match(error, new RegExp(`^process ${first.endpoints.pid} already runs a target .*TARGET_DATA_DIR`));
  assert.equal(await second.exitCode(), 1);
  assert.equal((await first.get('/health')).status, 200);
  await first.stop();
});

test('a taken port is named, and nothing is left running', async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = String(typeof address === 'object' && address ? address.port : 0);
  for (const variable of ['PORT', 'CONTROL_PORT']) {
    const target = launch({ [variable]: port });
    const error = await target.startError();
    assert.match(error, new RegExp(`^port ${port} on 127.0.0.1 is taken: .*${variable}`));
    assert.equal(await target.exitCode(), 1);
  }
  server.close();
});

test('a wrong setting is named', async () => {
  const target = launch({ DB_POOL_MAX: 'many' });
  assert.deepEqual(await target.startResult(), {
    ready: false,
    error: 'DB_POOL_MAX takes a whole number from 1 to 100, but got "many"',
  });
  assert.equal(await target.exitCode(), 1);
});

test('a database server that was left over is ended, and its folder used again', async () => {
  const target = await launch().ready();
  const family = descendantPids(target.endpoints.pid);
  const postmaster = recordedServer();
  const keeper = family.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('/bin/sh'));
  for (const pid of [...keeper, target.endpoints.pid]) process.kill(pid, 'SIGKILL');
  await target.exitCode();
  assert.deepEqual(runningPids([postmaster]), [postmaster], 'the server was left over');
  const next = await launch().ready();
  assert.deepEqual(runningPids([postmaster]), []);
  assert.equal((await next.get('/admin/stats/1')).status, 200);
  await next.stop();
});

test('a pid file that names a process of another kind harms nobody', async () => {
  const bystander = spawn('sleep', ['60']);
  writeFileSync(join(folder, 'pg', 'postmaster.pid'), `${bystander.pid}\n${join(folder, 'pg')}\n`);
  const target = await launch().ready();
  assert.equal(bystander.exitCode, null);
  assert.deepEqual(runningPids([bystander.pid ?? 0]), [bystander.pid]);
  bystander.kill();
  await target.stop();
});

test('broken cluster folders are made anew', async () => {
  const breakages = {
    'half-made': () => rmSync(join(folder, 'pg', 'global'), { recursive: true }),
    'another version': () => writeFileSync(join(folder, 'pg', 'PG_VERSION'), '12\n'),
    'corrupt control file': () => writeFileSync(join(folder, 'pg', 'global', 'pg_control'), 'nonsense'),
    'password of another cluster': () => writeFileSync(join(folder, 'pg.password'), '0'.repeat(48)),
    'remains of an interrupted creation': () =>
      mkdirSync(join(folder, 'pg.new', 'base'), { recursive: true }),
  };
  for (const [name, doBreak] of Object.entries(breakages)) {
    doBreak();
    const target = await launch().ready();
    assert.equal((await target.get('/admin/stats/1')).status, 200, name);
    await target.stop();
  }
  assert.ok(!existsSync(join(folder, 'pg.new')));
});

test('a cluster that the target did not make is left alone', async () => {
  const foreign = tempFolder();
  mkdirSync(join(foreign, 'pg'));
  writeFileSync(join(foreign, 'pg', 'precious'), '');
  const error = await launch({ TARGET_DATA_DIR: foreign }).startError();
  assert.match(error, /exists but was not made by the target/);
  assert.ok(existsSync(join(foreign, 'pg', 'precious')));
});

test('a PostgreSQL that dies is started again, and the service with it works on', async () => {
  const target = await launch().ready();
  const postmaster = recordedServer();
  process.kill(postmaster, 'SIGKILL');
  await eventually(() => target.log.includes('PostgreSQL ended'));
  await eventually(async () => (await target.get('/admin/stats/1')).status === 200);
  await target.stop();
  assert.equal(statSync(join(folder, 'pg.password')).mode & 0o777, 0o600);
});

test('a folder that the server could not reach is refused, where root starts it', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('needs root');
  const closed = tempFolder();
  chmodSync(closed, 0o700);
  const error = await launch({ TARGET_DATA_DIR: join(closed, 'inner') }).startError();
  assert.match(error, new RegExp(`can't enter ${closed}: set TARGET_DATA_DIR`));
});

test('a database that somebody else runs is used, in schemas of its own', async () => {
  const { default: pg } = await import('pg');
  const cluster = await PostgresCluster.open(folder);
  try {
    const url = cluster.url('postgres');
    for (let round = 1; round <= 2; round++) {
      const target = await launch({ DATABASE_URL: url }).ready();
      assert.ok(!target.output.includes(new URL(url).password), 'no password is shown');
      const { body } = await target.get('/admin/bookings/1');
      assert.equal(body.total, 240);
      await target.post('/admin/bookings/1', NEW_BOOKING);
      assert.match(
        await launch({ DATABASE_URL: url }).startError(),
        /another target already uses the database/,
      );
      const outage = await target.fault('PUT', 'database-outage');
      assert.match(outage.body.message, /leave DATABASE_URL unset/);
      await target.stop();
    }
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("COMMENT ON SCHEMA load_suite IS 'somebody''s own'");
    await client.end();
    assert.match(
      await launch({ DATABASE_URL: url }).startError(),
      /has a schema load_suite that the target did not make/,
    );
  } finally {
    await cluster.stop();
  }
  const gone = await launch({ DATABASE_URL: 'postgresql://u:secret@127.0.0.1:1/x' }).startError();
  assert.match(gone, /can't be reached/);
  assert.ok(!gone.includes('secret'));
});

test('no secret is among the arguments of any process', async () => {
  const target = await launch({ ADMIN_TOKEN: 'token-of-test' }).ready();
  const password = readFileSync(join(folder, 'pg.password'), 'utf8');
  for (const pid of [target.endpoints.pid, ...descendantPids(target.endpoints.pid)]) {
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    assert.ok(!args.includes(password) && !args.includes('token-of-test'));
  }
  assert.equal((await target.get('/admin/stats/1')).status, 401);
  const reply = await fetchJson(`${target.endpoints.url}/admin/stats/1`, {
    headers: { authorization: 'Bearer token-of-test' },
  });
  assert.equal(reply.status, 200);
  await target.stop();
});
