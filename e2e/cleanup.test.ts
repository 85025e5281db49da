import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { assertRefused, Sandbox } from './sandbox.ts';
import { startTarget, type Target } from './target.ts';

/** `deployment` runs the target; `sandbox` runs the commands. */
const deployment = new Sandbox({ outlivesTests: true });
const sandbox = new Sandbox();
let target: Target;

before(async () => {
  target = await startTarget(deployment);
});
after(() => target?.stop());

const env = () => ({ API_URL: target.url });

const cleanUp = (run: string, more: Record<string, string> = {}, ...options: string[]) =>
  sandbox.runCommand(['cleanup', '--run', run, '--results', sandbox.results, ...options], {
    env: { ...env(), ...more },
  });

const bookingsOf = async (salon: number): Promise<number> => {
  const headers = { authorization: 'Bearer local-admin-token' };
  const response = await fetch(`${target.url}/admin/bookings/${salon}`, { headers });
  return ((await response.json()) as { total: number }).total;
};

const bookings = async (): Promise<number> => {
  const counts = await Promise.all(Array.from({ length: 50 }, (_, i) => bookingsOf(i + 1)));
  return counts.reduce((total, count) => total + count, 0);
};

const SEEDED = 12_000;

test('a run removes all records that it created, and reports how many it removed', async () => {
  const exit = await sandbox.run(['smoke'], { env: env() });
  assert.equal(exit.code, 0, exit.stdout + exit.stderr);
  const { cleanup } = sandbox.lastRun.result;
  assert.deepEqual(cleanup?.created, { booking: 1, job: 2 });
  assert.equal(cleanup?.removed?.job, 2);
  assert.ok((cleanup?.removed?.booking ?? 0) >= 2, 'the booking of the admin and the booking of the flow');
  assert.equal(await bookings(), SEEDED);
});

test('cleanup removes the records of a killed run', async () => {
  const started = sandbox.startRun(['baseline', '--time-scale', '0.05', '--vus-scale', '0.1'], {
    env: env(),
  });
  await sandbox.waitForWindows(4, started);
  started.kill('SIGKILL');
  await started.exit;
  await sandbox.assertNothingRuns();
  assert.ok((await bookings()) > SEEDED);
  const exit = await cleanUp('booking/baseline');
  assert.equal(exit.code, 0, exit.stderr);
  assert.equal(await bookings(), SEEDED);
  const { created, removed } = sandbox.lastRun.result.cleanup ?? {};
  assert.ok((removed?.booking ?? 0) >= (created?.booking ?? 1));
});

test('a run skips cleanup if it started the reference service itself', async () => {
  await sandbox.run(['smoke']);
  assert.match(sandbox.lastRun.result.cleanup?.note ?? '', /^removed with the database/);
  const exit = await sandbox.runCommand(['cleanup', '--run', 'latest', '--results', sandbox.results]);
  assert.equal(exit.code, 0, exit.stderr);
  assert.match(exit.stdout, /removed with the database/);
});

describe('a run with --keep-data', () => {
  before(() => sandbox.run(['smoke', '--keep-data'], { env: env() }));

  test('run --keep-data keeps the created records and prints the command that removes them', async () => {
    const { run, cleanup } = sandbox.lastRun.result;
    assert.equal(cleanup?.removed, null);
    assert.match(cleanup?.note ?? '', new RegExp(`Remove them with: npm run cleanup -- --run ${run.id}$`));
    assert.ok((await bookings()) > SEEDED);
  });

  test('cleanup fails and shows the response if the target refuses to remove records', async () => {
    const exit = await cleanUp('latest', { ADMIN_TOKEN: 'another' });
    assertRefused(exit, 3, /were not removed: DELETE \/admin\/load-runs\/.* returned HTTP 401/);
  });

  test('cleanup refuses production and any target or environment other than that of the run, and a second cleanup removes nothing', async () => {
    assertRefused(await cleanUp('latest', { API_URL: 'http://127.0.0.1:1' }), 2, /^The run used .*, but API_URL is/);
    assertRefused(
      await cleanUp('latest', { TEST_ENV: 'staging' }),
      2,
      /^The run used TEST_ENV=local, but TEST_ENV is staging/,
    );

    const { folder, result } = sandbox.lastRun;
    const file = `${folder}/run.json`;
    writeFileSync(file, readFileSync(file, 'utf8').replace('"environment":"local"', '"environment":"production"'));
    assertRefused(await cleanUp('latest'), 2, /against production\. Add --allow-production to remove its records/);
    assert.ok((await bookings()) > SEEDED);
    const allowed = (run: string) => cleanUp(run, { ADMIN_TOKEN: 'local-admin-token' }, '--allow-production');
    const first = await allowed('latest');
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /created {2}2 job, 1 booking\n {2}removed {2}\d booking, .*2 job/);
    assert.equal(await bookings(), SEEDED);
    const after = sandbox.lastRun.result.cleanup;
    assert.equal(after?.removed?.job, 2);
    assert.equal(after?.note, null);

    const second = await allowed(result.run.id);
    assert.match(second.stdout, /removed {2}0 booking, .*in total \d booking/);
    assert.deepEqual(sandbox.lastRun.result.cleanup, after);
  });
});
