import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { assertRefused, Sandbox } from './suite.ts';
import { startTarget, type Target } from './target.ts';

/** Where the target is deployed, and where it is tested from. */
const deployment = new Sandbox({ outlivesTests: true });
const sandbox = new Sandbox();
let target: Target;

before(async () => {
  target = await startTarget(deployment);
});
after(() => target?.stop());

const env = () => ({ API_URL: target.url });

const cleanUp = (run: string, more: Record<string, string> = {}, ...options: string[]) =>
  sandbox.command(['cleanup', '--run', run, '--results', sandbox.results, ...options], {
    env: { ...env(), ...more },
  });

const bookingsOf = async (salon: number): Promise<number> => {
  const headers = { authorization: 'Bearer local-admin-token' };
  const answer = await fetch(`${target.url}/admin/bookings/${salon}`, { headers });
  return ((await answer.json()) as { total: number }).total;
};

const bookings = async (): Promise<number> => {
  const counts = await Promise.all(Array.from({ length: 50 }, (_, i) => bookingsOf(i + 1)));
  return counts.reduce((total, count) => total + count, 0);
};

const SEEDED = 12_000;

test('a run removes what it has created, and says how much that was', async () => {
  const ended = await sandbox.run(['smoke'], { env: env() });
  assert.equal(ended.code, 0, ended.stdout + ended.stderr);
  const { cleanup } = sandbox.theRun.result;
  assert.deepEqual(cleanup?.created, { booking: 1, job: 2 });
  assert.equal(cleanup?.removed?.job, 2);
  assert.ok((cleanup?.removed?.booking ?? 0) >= 2, 'the one made by hand, and that of the flow');
  assert.equal(await bookings(), SEEDED);
});

test('a run that was killed is cleaned up later', async () => {
  const started = sandbox.startRun(['baseline', '--time-scale', '0.05', '--vus-scale', '0.1'], {
    env: env(),
  });
  await sandbox.windowsClosed(4, started);
  started.kill('SIGKILL');
  await started.ended;
  await sandbox.assertNothingRuns();
  assert.ok((await bookings()) > SEEDED);
  const ended = await cleanUp('booking/baseline');
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(await bookings(), SEEDED);
  const { created, removed } = sandbox.theRun.result.cleanup ?? {};
  assert.ok((removed?.booking ?? 0) >= (created?.booking ?? 1));
});

test('what a run against a reference service of its own has created is gone with it', async () => {
  await sandbox.run(['smoke']);
  assert.match(sandbox.theRun.result.cleanup?.note ?? '', /^removed with the database/);
  const ended = await sandbox.command(['cleanup', '--run', 'latest', '--results', sandbox.results]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stdout, /removed with the database/);
});

describe('a run with --keep-data', () => {
  before(() => sandbox.run(['smoke', '--keep-data'], { env: env() }));

  test('keeps its records, and says how to remove them', async () => {
    const { run, cleanup } = sandbox.theRun.result;
    assert.equal(cleanup?.removed, null);
    assert.match(cleanup?.note ?? '', new RegExp(`Remove them with: npm run cleanup -- --run ${run.id}$`));
    assert.ok((await bookings()) > SEEDED);
  });

  test('what cannot be removed is told, and the run is judged all the same', async () => {
    const ended = await cleanUp('latest', { ADMIN_TOKEN: 'another' });
    assertRefused(ended, 3, /is not removed: DELETE \/admin\/load-runs\/.* returned HTTP 401/);
  });

  test('another target, another environment and production are refused; a second cleanup removes nothing', async () => {
    assertRefused(
      await cleanUp('latest', { API_URL: 'http://127.0.0.1:1' }),
      2,
      /^The run was against .*, but API_URL is/,
    );
    assertRefused(
      await cleanUp('latest', { TEST_ENV: 'staging' }),
      2,
      /^The run was against local, but TEST_ENV is staging/,
    );

    const { folder, result } = sandbox.theRun;
    const file = `${folder}/run.json`;
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('"environment":"local"', '"environment":"production"'),
    );
    assertRefused(
      await cleanUp('latest'),
      2,
      /against production\. Add --allow-production to remove its records/,
    );
    assert.ok((await bookings()) > SEEDED);
    const allowed = (run: string) => cleanUp(run, { ADMIN_TOKEN: 'local-admin-token' }, '--allow-production');
    const first = await allowed('latest');
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /created {2}2 job, 1 booking\n {2}removed {2}\d booking, .*2 job/);
    assert.equal(await bookings(), SEEDED);
    const after = sandbox.theRun.result.cleanup;
    assert.equal(after?.removed?.job, 2);
    assert.equal(after?.note, null);

    const second = await allowed(result.run.id);
    assert.match(second.stdout, /removed {2}0 booking, .*together with earlier ones \d booking/);
    assert.deepEqual(sandbox.theRun.result.cleanup, after);
  });
});
