import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { loadCampaign } from '../cli/campaign/campaign-folder.ts';
import { DECISION_WORDS } from '../cli/report/verdict-words.ts';
import { numberOf, readReport } from '../cli/testing/campaign-report.ts';
import { type Campaign, judgeCampaign } from '../lib/core/across-runs/index.ts';
import { assertNoStack, assertRefused, type CommandExit, eventually, type RunningCommand, Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();

const TESTS = ['smoke', 'baseline', 'peak', 'spike', 'endurance', 'business-flow'];
/**
 * Settings for the shortest runs with the least load. All tests run, but most collect too few samples for a verdict.
 */
const LIGHT = ['--time-scale', '0.005', '--vus-scale', '0.1'];
/** A test that runs long enough to be interrupted, and the number of tests that run before that test. */
const INTERRUPTED_TEST = 'endurance';
const TESTS_BEFORE = TESTS.indexOf(INTERRUPTED_TEST);

const foldersIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);

/** Returns the only campaign in a results folder. Fails if the folder contains none or several. */
function campaignIn(results: string): { folder: string; state: Campaign } {
  const parent = path.join(results, 'booking', 'campaigns');
  const [id, ...others] = foldersIn(parent);
  assert.ok(id, 'there is a campaign folder');
  assert.deepEqual(others, [], 'there is only one campaign');
  const folder = path.join(parent, id);
  return { folder, state: JSON.parse(readFileSync(path.join(folder, 'campaign.json'), 'utf8')) };
}

const decisions = ({ tests }: Campaign) => tests.map(({ test: name, run }) => [name, run?.decision ?? null]);

/** Returns the names of the finished tests, from the line that the campaign prints for each. */
const printedTests = ({ stdout }: CommandExit) =>
  [...stdout.matchAll(/^(\d\/\d) {2}.*booking\/(\S+)/gm)].map(([, n, name]) => [n, name]);

/** Asserts that the reports of a campaign match its results. */
async function assertReported({ folder, state }: ReturnType<typeof campaignIn>): Promise<void> {
  assert.deepEqual(readdirSync(folder).sort(), ['campaign.json', 'report.html', 'report.md']);
  assert.match(readFileSync(path.join(folder, 'report.html'), 'utf8'), /^<!doctype html>/);
  const { tests } = await loadCampaign(folder);
  const report = readReport(readFileSync(path.join(folder, 'report.md'), 'utf8'));
  assert.equal(report.verdict, DECISION_WORDS[judgeCampaign(tests).decision].words);
  const table = (caption: string) => report.tables.find((candidate) => candidate.caption === caption)?.rows ?? [];
  assert.deepEqual(
    table('All tests').map(({ Test, Verdict }) => [Test, Verdict]),
    tests.map(({ test: name, result }) => [name, result ? DECISION_WORDS[result.verdict.decision].words : 'not run']),
  );
  assert.deepEqual(
    table('Percentiles by test').map((row) => [row.Test, numberOf(row.Requests)]),
    tests.flatMap(({ test: name, result }) => (result ? [[name, result.totals.requests]] : [])),
  );
  for (const { test: name, run } of state.tests)
    if (run) {
      assert.ok(existsSync(path.join(folder, run.folder, 'report.html')), `the report of ${name}`);
      assert.equal(tests.find((candidate) => candidate.test === name)?.result?.run.id, run.id);
    }
}

/** Waits until a test of the campaign has written more than this number of lines to a file. */
async function waitForLines(
  { results, started }: { results: string; started: RunningCommand },
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

test('a campaign runs all tests in order, and --resume continues an interrupted campaign', async () => {
  const results = sandbox.subfolder('campaign');
  const campaign = (...args: string[]) => sandbox.start(['campaign', ...args, '--results', results]);

  const started = campaign(...LIGHT, '--label', 'release=2.4.0');
  const running = { results, started };
  for (const name of TESTS.slice(0, TESTS_BEFORE)) await waitForLines(running, name, 'result.json', 1);
  await waitForLines(running, INTERRUPTED_TEST, 'windows.ndjson', 2);
  started.kill('SIGINT');
  const interrupted = await started.exit;
  assert.equal(interrupted.code, 130, interrupted.stderr);
  assertNoStack(interrupted);
  const expectedTests = TESTS.map((name, i) => [`${i + 1}/6`, name]);
  assert.deepEqual(printedTests(interrupted), expectedTests.slice(0, TESTS_BEFORE + 1));
  assert.match(interrupted.stderr, /^Test 2 of 6: baseline, \d+s; .* remaining in the campaign$/m);
  assert.match(
    interrupted.stderr,
    /^Finished tests are kept\. To resume in the same environment, run: npm run campaign -- booking --time-scale 0\.005 --vus-scale 0\.1 --label release=2\.4\.0 --results \S+ --resume$/m,
  );
  const before = campaignIn(results);
  assert.equal(before.state.endedAt, null);
  assert.deepEqual(
    before.state.tests.map(({ test: name, run }) => [name, run?.outcome ?? null]),
    TESTS.map((name, i) => [name, i < TESTS_BEFORE ? 'completed' : i === TESTS_BEFORE ? 'interrupted' : null]),
  );
  await assertReported(before);

  assertRefused(
    await campaign('--resume', ...LIGHT, '--seed', '7').exit,
    2,
    /^Campaign \S+ cannot be resumed with different settings:$/m,
    '  seed: was 1, is now 7',
    '  labels: was release=2.4.0, is now none',
  );
  assertRefused(
    await sandbox.runCommand(['campaign', '--resume', ...LIGHT, '--label', 'release=2.4.0', '--results', results], {
      env: { DB_POOL_MAX: '20' },
    }),
    2,
    '  reference service settings: was none, is now DB_POOL_MAX=20',
  );

  const resumed = await campaign(...LIGHT, '--label', 'release=2.4.0', '--resume').exit;
  assertNoStack(resumed);
  assert.deepEqual(printedTests(resumed), expectedTests.slice(TESTS_BEFORE), 'only the remaining tests ran');
  const after = campaignIn(results);
  const { state } = after;
  assert.equal(state.id, before.state.id);
  assert.ok(state.endedAt);
  assert.deepEqual(state.tests.slice(0, TESTS_BEFORE), before.state.tests.slice(0, TESTS_BEFORE));
  assert.deepEqual(
    state.tests.map(({ test: name, run }) => [name, run?.outcome]),
    TESTS.map((name) => [name, 'completed']),
  );
  assert.equal(state.tests[0]?.run?.decision, 'GO');
  // Accept missing data, because in such short runs some criteria have too few samples.
  assert.equal(resumed.code, 3, resumed.stdout);
  assert.equal(state.verdict?.decision, 'INCONCLUSIVE');
  await assertReported(after);

  const markdown = readFileSync(path.join(after.folder, 'report.md'), 'utf8');
  const again = await sandbox.runCommand(['report', after.folder, '-f', 'markdown', '-o', '-']);
  assert.equal(again.code, 0, again.stderr);
  assert.equal(again.stdout, markdown, 'the report command recreates the report');

  assertRefused(await campaign('--resume', ...LIGHT).exit, 2, 'There is no unfinished campaign of booking in');
});

test('a campaign stops if its first test, smoke, fails', async () => {
  const results = sandbox.subfolder('early');
  const exit = await sandbox.runCommand(['campaign', '--results', results], {
    env: { TARGET_FAULTS: 'missing-route' },
  });
  assert.equal(exit.code, 99, exit.stdout + exit.stderr);
  assertNoStack(exit);
  assert.deepEqual(printedTests(exit), [['1/6', 'smoke']]);
  const campaign = campaignIn(results);
  assert.ok(campaign.state.endedAt, 'the campaign has ended and was not interrupted');
  assert.deepEqual(
    decisions(campaign.state),
    TESTS.map((name) => [name, name === 'smoke' ? 'NO_GO' : null]),
  );
  assert.equal(campaign.state.verdict?.decision, 'NO_GO');
  await assertReported(campaign);

  const settings = { TARGET_FAULTS: 'missing-route' };
  assert.deepEqual(
    campaign.state.settings.targetSettings,
    settings,
    'changed settings of the reference service are recorded',
  );
  const [smoke] = (await loadCampaign(campaign.folder)).tests;
  assert.deepEqual(smoke?.result?.run.targetSettings, settings);
  assert.match(
    readFileSync(path.join(campaign.folder, 'report.md'), 'utf8'),
    /^TARGET_FAULTS=missing-route npm run campaign -- booking$/m,
  );
});

test('campaign refuses invalid settings before it starts anything', async () => {
  const results = sandbox.subfolder('refused');
  const refused = async (args: string[], env: Record<string, string>, ...messages: (string | RegExp)[]) =>
    assertRefused(await sandbox.runCommand(['campaign', ...args, '--results', results], { env }), 2, ...messages);
  await refused(['shop'], {}, 'There is no product named shop. Available products: booking');
  await refused(['--time-scale', 'half'], { TEST_ENV: 'stage' }, 'TIME_SCALE is "half"', 'TEST_ENV is "stage"');
  await refused(['--resume'], {}, 'There is no unfinished campaign of booking in');
  await refused([], { TEST_ENV: 'production', API_URL: 'https://127.0.0.1:9' }, 'also requires --allow-production');
  assert.deepEqual(foldersIn(results), []);
});
