import assert from 'node:assert/strict';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { serve } from '../cli/testing/environment.ts';
import { FakeGitHub } from '../cli/testing/fake-github.ts';
import type { HistoryRecord } from '../lib/core/across-runs/index.ts';
import { allVariables, type TestPlan } from '../lib/core/definition/index.ts';
import { NOT_IN_WORKFLOWS } from '../tools/docs/variables.ts';
import { type JobEnd, type Play, type Played, playWorkflow, type Stage } from './actions/player.ts';
import { git, hosted } from './actions/repository.ts';
import { readWorkflow } from './actions/workflow.ts';
import { Checkout } from './checkout.ts';
import { ROOT, Sandbox } from './suite.ts';

const sandbox = new Sandbox();
const suite = hosted(sandbox, 'acme/load-suite', new Checkout(sandbox, 'suite').root);
const stage: Stage = { sandbox, repositories: [suite] };

const RUN_TEST = '.github/workflows/run-test.yml';
const LOAD_TEST = '.github/workflows/load-test.yml';
const NIGHTLY = '.github/workflows/nightly.yml';
/** As short and light as it gets. */
const LIGHT = { 'time-scale': '0.005', 'vus-scale': '0.1' };
/** Steps of a run, and of a night. */
const [RUN, TELL, KEEP] = ['Run the test', 'Tell of the run', 'Keep the results'] as const;
const [SHOW, ALERT] = ['Show the history', 'Open, update or close the issue'] as const;
const SECRETS = { ADMIN_TOKEN: 'token-2f8c51d07be94', WEBHOOK_SECRET: 'key-93b1e6a7405cd' };

const loadTest = (inputs: Play['inputs'], more: Partial<Play> = {}) =>
  playWorkflow(stage, { file: LOAD_TEST, inputs, ...more });

/** The one job that was run. */
function theJob({ jobs }: Played): JobEnd {
  const [job, ...others] = jobs;
  assert.ok(job && others.length === 0, `one job, and not ${jobs.map(({ name }) => name)}`);
  return job;
}

function step({ steps }: JobEnd, name: string): JobEnd['steps'][number] {
  return steps.find((one) => one.name === name) ?? assert.fail(`there is no step "${name}"`);
}

const outcomes = (job: JobEnd) => [RUN, TELL, KEEP].map((name) => step(job, name).outcome);
const said = ({ steps }: JobEnd) => steps.map((one) => `${one.name}:\n${one.said}`).join('\n');
const kept = ({ artifacts }: Played, file: string) => globSync(`**/${file}`, { cwd: artifacts });
const readKept = (played: Played, file: string) =>
  readFileSync(path.join(played.artifacts, kept(played, file)[0] ?? assert.fail(`no ${file}`)), 'utf8');

test('on demand: a run, its summary, its verdict, and its results as an artifact', async () => {
  const played = await loadTest({ test: 'smoke' });
  const job = theJob(played);
  assert.equal(played.outcome, 'success', said(job));
  assert.match(step(job, RUN).summary, /^# Load test report: booking\/smoke/);
  assert.deepEqual(step(job, RUN).annotations, []);
  assert.equal(step(job, TELL).summary, '', 'it has a summary already');
  const { run, verdict } = JSON.parse(readKept(played, 'result.json'));
  assert.deepEqual(step(job, TELL).annotations, [
    `::notice title=GO%3A booking/smoke on local::${verdict.reasons.join('%0A')}`,
  ]);
  assert.deepEqual(job.outputs, { decision: 'GO', run: run.id });
  assert.deepEqual(kept(played, 'report.html'), [
    `results-booking-smoke-1/booking/smoke/${run.id}/report.html`,
  ]);
});

test('a run that fails makes the workflow fail, says why, and keeps its results', async () => {
  const played = await loadTest({ test: 'smoke' }, { env: { TARGET_FAULTS: 'missing-route' } });
  const job = theJob(played);
  assert.equal(played.outcome, 'failure');
  assert.deepEqual(outcomes(job), ['failure', 'success', 'success'], said(job));
  const [verdict, ...reasons] = step(job, TELL).annotations;
  assert.match(verdict ?? '', /^::error title=NO-GO%3A booking\/smoke on local::/);
  assert.ok(reasons.some((line) => /^::error title=✗ fail%3A /.test(line)));
  assert.equal(job.outputs.decision, 'NO_GO');
  assert.equal(JSON.parse(readKept(played, 'result.json')).verdict.decision, 'NO_GO');
});

test('a run that is cancelled ends in order, and its results are kept', async () => {
  const underLoad = (workspace: string) =>
    globSync('results/*/*/*/windows.ndjson', { cwd: workspace }).some(
      (file) => readFileSync(path.join(workspace, file), 'utf8').split('\n').length > 2,
    );
  const played = await loadTest(
    { test: 'peak', 'vus-scale': '0.1', 'time-scale': '0.2' },
    { cancel: { step: RUN, once: underLoad } },
  );
  const job = theJob(played);
  assert.equal(played.outcome, 'cancelled');
  assert.deepEqual(outcomes(job), ['cancelled', 'success', 'success'], said(job));
  assert.match(step(job, TELL).annotations[0] ?? '', /^::error title=INVALID%3A booking\/peak on local::/);
  assert.equal(JSON.parse(readKept(played, 'result.json')).run.outcome, 'interrupted');
  assert.equal(
    job.steps
      .map(({ summary }) => summary)
      .join('')
      .match(/^# /gm)?.length,
    1,
    'one summary',
  );
});

test('against a deployment: its variables and secrets, one run at a time, and production only if it is meant', async (t) => {
  const API_URL = await serve(t, ({ url, headers }, response) => {
    const known = url === '/health' || headers.authorization === `Bearer ${SECRETS.ADMIN_TOKEN}`;
    response.writeHead(known ? 200 : 401).end();
  });
  const environment = { vars: { API_URL }, secrets: SECRETS };
  const refusal = /^The target refuses the webhook signature: .* Check WEBHOOK_SECRET\.$/m;
  for (const [inputs, says] of [
    [{ environment: 'staging' }, refusal],
    [{ environment: 'production' }, /also requires --allow-production/],
    [{ environment: 'production', 'allow-production': true }, refusal],
  ] as const) {
    const played = await loadTest(
      { test: 'smoke', ...inputs },
      { environments: { [inputs.environment]: environment } },
    );
    const job = theJob(played);
    assert.deepEqual(outcomes(job), ['failure', 'success', 'success'], said(job));
    assert.match(step(job, RUN).said, says);
    for (const secret of Object.values(SECRETS)) assert.ok(!said(job).includes(secret));
    assert.match(step(job, TELL).annotations.join('\n'), /^::warning title=No run found::/);
    assert.deepEqual(job.outputs, { decision: '', run: '' });
    assert.deepEqual(job.concurrency, {
      group: `load-on-${inputs.environment}`,
      'cancel-in-progress': false,
      queue: 'max',
    });
  }
});

test('runs against reference services of their own do not wait for each other', async () => {
  const job = theJob(await loadTest({ test: 'no-such-test' }));
  assert.match(String(job.concurrency?.group), /^load-on-\d+-booking-no-such-test$/);
  assert.match(step(job, RUN).said, /There is no test named booking\/no-such-test/);
});

/** The tests of which there are records on the branch of the history. */
function testsInHistory(): string[] {
  const [file] = git(suite.bare, 'ls-tree', '-r', '--name-only', 'load-history').split('\n');
  const lines = git(suite.bare, 'show', `load-history:${file}`).split('\n');
  return lines.map((line) => (JSON.parse(line) as HistoryRecord).run.test).sort();
}

test('every night: runs, their history, its pages, and one issue for as long as something is wrong', async (t) => {
  const gitHub = await FakeGitHub.start(t, suite.name, (token) => token.includes('"issues":"write"'));
  const { issues } = gitHub;
  const nightly = (play: Partial<Play>) =>
    playWorkflow({ ...stage, apiUrl: gitHub.url }, { file: NIGHTLY, ...play });
  const jobsOf = (played: Played) => {
    const [flow, endurance, ...after] = played.jobs;
    assert.deepEqual(
      [flow?.name, endurance?.name, ...after.map(({ name }) => name)],
      ['test (business-flow) / run', 'test (endurance) / run', 'history', 'pages', 'alert'],
    );
    // So short a night has too few samples for a verdict, and one that was never begun has none.
    assert.deepEqual([flow?.outcome, endurance?.outcome], ['failure', 'failure']);
    const [history, pages, alert] = after as [JobEnd, JobEnd, JobEnd];
    return { flow: flow as JobEnd, history, pages, alert };
  };

  const failing = await nightly({ inputs: LIGHT, env: { TARGET_FAULTS: 'whatsapp-429:0.9' } });
  const first = jobsOf(failing);
  assert.equal(first.history.outcome, 'success', said(first.history));
  assert.deepEqual(testsInHistory(), ['business-flow', 'endurance']);
  assert.match(step(first.history, SHOW).summary, /^# History of booking/);
  assert.equal(first.pages.outcome, 'success');
  assert.deepEqual(kept(failing, '{index,booking}.html').sort(), [
    'github-pages/booking.html',
    'github-pages/index.html',
  ]);
  assert.equal(first.alert.outcome, 'success', said(first.alert));
  assert.match(step(first.alert, ALERT).said, /^booking: issue opened /m);
  assert.match(issues[0]?.body ?? '', /success of booking is below the target/);

  const missed = jobsOf(await nightly({ event: 'schedule', vars: { NIGHTLY_ENVIRONMENT: 'staging' } }));
  assert.match(step(missed.flow, RUN).said, /^API_URL is not set/m);
  assert.equal(missed.flow.concurrency?.group, 'load-on-staging');
  assert.equal(step(missed.history, 'Append the runs').outcome, 'failure');
  assert.equal(step(missed.history, SHOW).outcome, 'success');
  assert.deepEqual(testsInHistory(), ['business-flow', 'endurance'], 'nothing was added');
  assert.equal(missed.pages.outcome, 'success');
  assert.match(step(missed.alert, ALERT).said, /^booking: issue brought up to date /m);
  assert.equal(issues.length, 1);
  assert.deepEqual(gitHub.wrong, []);
});

test('a night has far more time than its tests take', async () => {
  const { stdout } = await sandbox.command(['list', '--json']);
  const plans = JSON.parse(stdout) as TestPlan[];
  const { strategy, with: inputs } = readWorkflow(suite.root, NIGHTLY).jobs.test ?? {};
  for (const name of strategy?.matrix.test ?? assert.fail('no tests')) {
    const plan = plans.find(({ product, test }) => product === inputs?.product && test === name);
    assert.ok(plan, `there is a test ${name}`);
    assert.ok(Number(inputs?.['timeout-minutes']) * 60_000 > 2 * plan.workload.durationMs);
  }
});

/** A product in a repository of its own, `load-tests/` of it. */
const SHOP = {
  'product.ts': `import { bearer, defineVariables, endpoint, type Product } from 'load-suite';

const variables = defineVariables({
  API_KEY: { kind: 'secret', description: 'key of the API', local: 'local-key' },
});

export const product: Product = {
  name: 'shop',
  target: { healthPath: '/health', metricsPath: '/metrics', probes: [] },
};

export const readArticle = endpoint('GET /articles/:id', {
  auth: bearer(variables.API_KEY),
  expectedStatus: 200,
  has: 'price',
});
`,
  'peak.ts': `import { defineTest, each, noFailedCheck, once, visit } from 'load-suite';
import { product, readArticle } from './product.ts';

export const { options, run, handleSummary } = defineTest({
  product,
  test: 'peak',
  description: 'one article, once',
  workload: once({ maxDuration: '10s' }),
  traffic: each([visit(1, readArticle, (it) => it.call('1'))]),
  criteria: [noFailedCheck()],
});
`,
};

/** The workflow that the docs show for a repository of one's own. */
function workflowOfTheDocs(): string {
  const docs = readFileSync(path.join(ROOT, 'docs/guides/github-actions.md'), 'utf8');
  const [, yaml] = /```yaml\n([^`]*?run-test\.yml@[^`]*)```/.exec(docs) ?? [];
  assert.ok(yaml, 'the docs have an example');
  return yaml.replace('<owner>', 'acme').replace('<commit>', suite.sha);
}

test('another repository runs a test of its own, as the docs say', async (t) => {
  const API_KEY = 'key-77d0c41be9';
  const API_URL = await serve(t, ({ url, headers }, response) => {
    const known = url === '/health' || headers.authorization === `Bearer ${API_KEY}`;
    response.writeHead(known ? 200 : 401).end('{ "price": 5 }');
  });
  const file = '.github/workflows/load.yml';
  const files: Record<string, string> = { [file]: workflowOfTheDocs() };
  for (const [name, text] of Object.entries(SHOP)) files[`load-tests/${name}`] = text;
  const root = sandbox.subfolder('shop');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  const shop = hosted(sandbox, 'acme/shop', root);
  const played = await playWorkflow(
    { sandbox, repositories: [shop, suite] },
    {
      file,
      environments: {
        staging: { vars: { API_URL }, secrets: { LOAD_SUITE_VARIABLES: `API_KEY=${API_KEY}\n` } },
      },
    },
  );
  const job = theJob(played);
  assert.equal(played.outcome, 'success', said(job));
  assert.ok(!said(job).includes(API_KEY), 'its value is masked');
  const { run, endpoints } = JSON.parse(readKept(played, 'result.json'));
  assert.deepEqual([run.product, run.test, run.environment], ['shop', 'peak', 'staging']);
  assert.deepEqual([endpoints[0].name, endpoints[0].requests], ['GET /articles/:id', 1]);
});

test('a run is given all variables of the suite and of its products, and secrets are secrets of that one step', async () => {
  const { jobs, on } = readWorkflow(suite.root, RUN_TEST);
  const steps = jobs.run?.steps ?? [];
  const run = steps.find(({ name }) => name === RUN);
  const { stdout } = await sandbox.command(['list', '--json']);
  const declared = (JSON.parse(stdout) as TestPlan[]).flatMap((plan) => plan.variables);
  assert.ok(declared.some(({ name }) => name === 'WEBHOOK_SECRET'));
  for (const [name, { secret }] of Object.entries(allVariables(declared))) {
    if (NOT_IN_WORKFLOWS.has(name)) continue;
    const given = run?.env?.[name];
    if (secret) {
      assert.equal(given, `\${{ secrets.${name} }}`);
      assert.equal(on.workflow_call?.secrets?.[name]?.required, false, name);
    } else
      assert.match(String(given), new RegExp(`^\\$\\{\\{ (vars\\.${name}|inputs\\.[\\w-]+) \\}\\}$`), name);
  }
  for (const other of steps.filter((one) => one !== run))
    assert.doesNotMatch(JSON.stringify(other), /secrets\./);
});
