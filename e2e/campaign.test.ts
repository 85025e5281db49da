import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { loadCampaign } from '../cli/campaign/campaign-folder.ts';
import { DECISION_WORDS } from '../cli/report/verdict-words.ts';
import { numberOf, readReport } from '../cli/testing/campaign-report.ts';
import { type Campaign, judgeCampaign } from '../lib/core/across-runs/index.ts';
import { assertNoStack, assertRefused, type Ended, eventually, Sandbox, type Started } from './suite.ts';

const sandbox = new Sandbox();

const TESTS = ['smoke', 'baseline', 'peak', 'spike', 'endurance', 'business-flow'];
/** As short and light as it gets: too little to judge most tests by, and enough to go through all of them. */
const LIGHT = ['--time-scale', '0.005', '--vus-scale', '0.1'];
/** The one that takes long enough to be interrupted, and how many come before it. */
const LONGEST = 'endurance';
const BEFORE = TESTS.indexOf(LONGEST);

const foldersIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);

/** The one campaign below these results. */
function campaignIn(results: string): { folder: string; state: Campaign } {
  const parent = path.join(results, 'booking', 'campaigns');
  const [id, ...others] = foldersIn(parent);
  assert.ok(id, 'a campaign was left');
  assert.deepEqual(others, [], 'and no other');
  const folder = path.join(parent, id);
  return { folder, state: JSON.parse(readFileSync(path.join(folder, 'campaign.json'), 'utf8')) };
}

const decisions = ({ tests }: Campaign) => tests.map(({ test: name, run }) => [name, run?.decision ?? null]);

/** One line for each test that was run, as it ended. */
const testsTold = ({ stdout }: Ended) =>
  [...stdout.matchAll(/^(\d\/\d) {2}.*booking\/(\S+)/gm)].map(([, n, name]) => [n, name]);

/** The reports of a campaign say what its results are. */
async function assertReported({ folder, state }: ReturnType<typeof campaignIn>): Promise<void> {
  assert.deepEqual(readdirSync(folder).sort(), ['campaign.json', 'report.html', 'report.md']);
  assert.match(readFileSync(path.join(folder, 'report.html'), 'utf8'), /^<!doctype html>/);
  const { tests } = await loadCampaign(folder);
  const report = readReport(readFileSync(path.join(folder, 'report.md'), 'utf8'));
  assert.equal(report.verdict, DECISION_WORDS[judgeCampaign(tests).decision].words);
  const table = (caption: string) => report.tables.find((one) => one.caption === caption)?.rows ?? [];
  assert.deepEqual(
    table('All tests').map(({ Test, Verdict }) => [Test, Verdict]),
    tests.map(({ test: name, result }) => [
      name,
      result ? DECISION_WORDS[result.verdict.decision].words : 'not run',
    ]),
  );
  assert.deepEqual(
    table('Percentiles by test').map((row) => [row.Test, numberOf(row.Requests)]),
    tests.flatMap(({ test: name, result }) => (result ? [[name, result.totals.requests]] : [])),
  );
  for (const { test: name, run } of state.tests)
    if (run) {
      assert.ok(existsSync(path.join(folder, run.folder, 'report.html')), `the report of ${name}`);
      assert.equal(tests.find((one) => one.test === name)?.result?.run.id, run.id);
    }
}

/** Waits until the run of a test of the campaign has written so many lines of a file. */
async function untilWritten(
  { results, started }: { results: string; started: Started },
  name: string,
  file: string,
  lines: number,
): Promise<void> {
  await eventually(`${file} of ${name}`, () => {
    assert.ok(started.isRunning, started.stderr);
    const parent = path.join(results, 'booking', name);
    return foldersIn(parent).some((id) => {
      const written = path.join(parent, id, file);
      return existsSync(written) && readFileSync(written, 'utf8').split('\n').length > lines;
    });
  });
}

test('a campaign goes through all tests in order; one that was interrupted is resumed where it was', async () => {
  const results = sandbox.subfolder('campaign');
  const campaign = (...args: string[]) => sandbox.start(['campaign', ...args, '--results', results]);

  const started = campaign(...LIGHT, '--label', 'release=2.4.0');
  const running = { results, started };
  for (const name of TESTS.slice(0, BEFORE)) await untilWritten(running, name, 'result.json', 1);
  await untilWritten(running, LONGEST, 'windows.ndjson', 2);
  started.kill('SIGINT');
  const interrupted = await started.ended;
  assert.equal(interrupted.code, 130, interrupted.stderr);
  assertNoStack(interrupted);
  const told = TESTS.map((name, i) => [`${i + 1}/6`, name]);
  assert.deepEqual(testsTold(interrupted), told.slice(0, BEFORE + 1));
  assert.match(interrupted.stderr, /^Test 2 of 6: baseline, \d+s; .* remaining in total$/m);
  assert.match(
    interrupted.stderr,
    /^Finished tests are kept\. To resume in the same environment, run: npm run campaign -- booking --time-scale 0\.005 --vus-scale 0\.1 --label release=2\.4\.0 --results \S+ --resume$/m,
  );
  const before = campaignIn(results);
  assert.equal(before.state.endedAt, null);
  assert.deepEqual(
    before.state.tests.map(({ test: name, run }) => [name, run?.outcome ?? null]),
    TESTS.map((name, i) => [name, i < BEFORE ? 'completed' : i === BEFORE ? 'interrupted' : null]),
  );
  await assertReported(before);

  assertRefused(
    await campaign('--resume', ...LIGHT, '--seed', '7').ended,
    2,
    /^Campaign \S+ cannot be resumed with different settings:$/m,
    '  seed: was 1, is now 7',
    '  labels: was release=2.4.0, is now none',
  );
  assertRefused(
    await sandbox.command(
      ['campaign', '--resume', ...LIGHT, '--label', 'release=2.4.0', '--results', results],
      { env: { DB_POOL_MAX: '20' } },
    ),
    2,
    '  reference service settings: was none, is now DB_POOL_MAX=20',
  );

  const resumed = await campaign(...LIGHT, '--label', 'release=2.4.0', '--resume').ended;
  assertNoStack(resumed);
  assert.deepEqual(testsTold(resumed), told.slice(BEFORE), 'only what was left');
  const after = campaignIn(results);
  const { state } = after;
  assert.equal(state.id, before.state.id);
  assert.ok(state.endedAt);
  assert.deepEqual(state.tests.slice(0, BEFORE), before.state.tests.slice(0, BEFORE));
  assert.deepEqual(
    state.tests.map(({ test: name, run }) => [name, run?.outcome]),
    TESTS.map((name) => [name, 'completed']),
  );
  assert.equal(state.tests[0]?.run?.decision, 'GO');
  // So short a campaign has too few samples for some criteria, and says so.
  assert.equal(resumed.code, 3, resumed.stdout);
  assert.equal(state.verdict?.decision, 'INCONCLUSIVE');
  await assertReported(after);

  const markdown = readFileSync(path.join(after.folder, 'report.md'), 'utf8');
  const again = await sandbox.command(['report', after.folder, '-f', 'markdown', '-o', '-']);
  assert.equal(again.code, 0, again.stderr);
  assert.equal(again.stdout, markdown, 'the report can be made again');

  assertRefused(
    await campaign('--resume', ...LIGHT).ended,
    2,
    'There is no unfinished campaign of booking in',
  );
});

test('a campaign ends early where smoke fails', async () => {
  const results = sandbox.subfolder('early');
  const ended = await sandbox.command(['campaign', '--results', results], {
    env: { TARGET_FAULTS: 'missing-route' },
  });
  assert.equal(ended.code, 99, ended.stdout + ended.stderr);
  assertNoStack(ended);
  assert.deepEqual(testsTold(ended), [['1/6', 'smoke']]);
  const left = campaignIn(results);
  assert.ok(left.state.endedAt, 'it has ended, and is not broken off');
  assert.deepEqual(
    decisions(left.state),
    TESTS.map((name) => [name, name === 'smoke' ? 'NO_GO' : null]),
  );
  assert.equal(left.state.verdict?.decision, 'NO_GO');
  await assertReported(left);

  const settings = { TARGET_FAULTS: 'missing-route' };
  assert.deepEqual(left.state.settings.targetSettings, settings, 'what was not as usual is kept');
  const [smoke] = (await loadCampaign(left.folder)).tests;
  assert.deepEqual(smoke?.result?.run.targetSettings, settings);
  assert.match(
    readFileSync(path.join(left.folder, 'report.md'), 'utf8'),
    /^TARGET_FAULTS=missing-route npm run campaign -- booking$/m,
  );
});

test('what cannot be a campaign is refused before anything is started', async () => {
  const results = sandbox.subfolder('refused');
  const refused = async (args: string[], env: Record<string, string>, ...says: (string | RegExp)[]) =>
    assertRefused(await sandbox.command(['campaign', ...args, '--results', results], { env }), 2, ...says);
  await refused(['shop'], {}, 'There is no product named shop. Available products: booking');
  await refused(
    ['--time-scale', 'half'],
    { TEST_ENV: 'stage' },
    'TIME_SCALE is "half"',
    'TEST_ENV is "stage"',
  );
  await refused(['--resume'], {}, 'There is no unfinished campaign of booking in');
  await refused(
    [],
    { TEST_ENV: 'production', API_URL: 'https://127.0.0.1:9' },
    'also requires --allow-production',
  );
  assert.deepEqual(foldersIn(results), []);
});
