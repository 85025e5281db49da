import assert from 'node:assert/strict';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { serve } from '../cli/testing/environment.ts';
import { FakeGitHub } from '../cli/testing/fake-github.ts';
import type { HistoryRecord } from '../lib/core/across-runs/index.ts';
import { allVariables, type TestPlan } from '../lib/core/definition/index.ts';
import { NOT_IN_WORKFLOWS } from '../tools/docs/variables.ts';
import { createRepository, git } from './actions/repository.ts';
import {
  type JobRecord,
  simulateWorkflow,
  type WorkflowHost,
  type WorkflowResult,
  type WorkflowStart,
} from './actions/simulate-workflow.ts';
import { readWorkflow } from './actions/workflow.ts';
import { Checkout } from './checkout.ts';
import { ROOT, Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();
const suite = createRepository(sandbox, 'acme/load-suite', new Checkout(sandbox, 'suite').root);
const host: WorkflowHost = { sandbox, repositories: [suite] };

const RUN_TEST = '.github/workflows/run-test.yml';
const LOAD_TEST = '.github/workflows/load-test.yml';
const NIGHTLY = '.github/workflows/nightly.yml';
/** Settings for the shortest runs with the least load. */
const LIGHT = { 'time-scale': '0.005', 'vus-scale': '0.1' };
/** Names of steps in run-test.yml and nightly.yml. */
const [RUN, SHOW_RUN, UPLOAD] = ['Run the test', 'Show the run on GitHub', 'Upload the results'] as const;
const [SHOW, ALERT] = ['Show the history', 'Open, update or close the issue'] as const;
const SECRETS = { ADMIN_TOKEN: 'token-2f8c51d07be94', WEBHOOK_SECRET: 'key-93b1e6a7405cd' };

const loadTest = (inputs: WorkflowStart['inputs'], more: Partial<WorkflowStart> = {}) =>
  simulateWorkflow(host, { file: LOAD_TEST, inputs, ...more });

/** Returns the only job of a workflow run. Fails if the workflow run has several jobs. */
function onlyJob({ jobs }: WorkflowResult): JobRecord {
  const [job, ...others] = jobs;
  assert.ok(job && others.length === 0, `expected one job, found ${jobs.map(({ name }) => name)}`);
  return job;
}

function step({ steps }: JobRecord, name: string): JobRecord['steps'][number] {
  return steps.find((candidate) => candidate.name === name) ?? assert.fail(`there is no step "${name}"`);
}

const outcomes = (job: JobRecord) => [RUN, SHOW_RUN, UPLOAD].map((name) => step(job, name).outcome);
const logOf = ({ steps }: JobRecord) => steps.map((record) => `${record.name}:\n${record.log}`).join('\n');
const artifactFiles = ({ artifacts }: WorkflowResult, file: string) => globSync(`**/${file}`, { cwd: artifacts });
const readArtifact = (workflowRun: WorkflowResult, file: string) =>
  readFileSync(
    path.join(workflowRun.artifacts, artifactFiles(workflowRun, file)[0] ?? assert.fail(`no ${file}`)),
    'utf8',
  );

test('load-test.yml runs a test and publishes its summary, verdict and results', async () => {
  const workflowRun = await loadTest({ test: 'smoke' });
  const job = onlyJob(workflowRun);
  assert.equal(workflowRun.outcome, 'success', logOf(job));
  assert.match(step(job, RUN).summary, /^# Load test report: booking\/smoke/);
  assert.deepEqual(step(job, RUN).annotations, []);
  assert.equal(step(job, SHOW_RUN).summary, '', 'the run itself has written the summary');
  const { run, verdict } = JSON.parse(readArtifact(workflowRun, 'result.json'));
  assert.deepEqual(step(job, SHOW_RUN).annotations, [
    `::notice title=GO%3A booking/smoke on local::${verdict.reasons.join('%0A')}`,
  ]);
  assert.deepEqual(job.outputs, { decision: 'GO', run: run.id });
  assert.deepEqual(artifactFiles(workflowRun, 'report.html'), [
    `results-booking-smoke-1/booking/smoke/${run.id}/report.html`,
  ]);
});

test('load-test.yml fails with annotations and uploads the results if the run fails', async () => {
  const workflowRun = await loadTest({ test: 'smoke' }, { env: { TARGET_FAULTS: 'missing-route' } });
  const job = onlyJob(workflowRun);
  assert.equal(workflowRun.outcome, 'failure');
  assert.deepEqual(outcomes(job), ['failure', 'success', 'success'], logOf(job));
  const [verdict, ...reasons] = step(job, SHOW_RUN).annotations;
  assert.match(verdict ?? '', /^::error title=NO-GO%3A booking\/smoke on local::/);
  assert.ok(reasons.some((line) => /^::error title=✗ fail%3A /.test(line)));
  assert.equal(job.outputs.decision, 'NO_GO');
  assert.equal(JSON.parse(readArtifact(workflowRun, 'result.json')).verdict.decision, 'NO_GO');
});

test('load-test.yml ends the run gracefully and uploads the results if the workflow is cancelled', async () => {
  const underLoad = (workspace: string) =>
    globSync('results/*/*/*/windows.ndjson', { cwd: workspace }).some(
      (file) => readFileSync(path.join(workspace, file), 'utf8').split('\n').length > 2,
    );
  const workflowRun = await loadTest(
    { test: 'peak', 'vus-scale': '0.1', 'time-scale': '0.2' },
    { cancel: { step: RUN, when: underLoad } },
  );
  const job = onlyJob(workflowRun);
  assert.equal(workflowRun.outcome, 'cancelled');
  assert.deepEqual(outcomes(job), ['cancelled', 'success', 'success'], logOf(job));
  assert.match(step(job, SHOW_RUN).annotations[0] ?? '', /^::error title=INVALID%3A booking\/peak on local::/);
  assert.equal(JSON.parse(readArtifact(workflowRun, 'result.json')).run.outcome, 'interrupted');
  assert.equal(
    job.steps
      .map(({ summary }) => summary)
      .join('')
      .match(/^# /gm)?.length,
    1,
    'there is one summary',
  );
});

test('load-test.yml uses the variables of the chosen environment, queues runs and requires allow-production', async (t) => {
  const API_URL = await serve(t, ({ url, headers }, response) => {
    const known = url === '/health' || headers.authorization === `Bearer ${SECRETS.ADMIN_TOKEN}`;
    response.writeHead(known ? 200 : 401).end();
  });
  const environment = { vars: { API_URL }, secrets: SECRETS };
  const refusal = /^The target refuses the webhook signature: .* Check WEBHOOK_SECRET\.$/m;
  for (const [inputs, message] of [
    [{ environment: 'staging' }, refusal],
    [{ environment: 'production' }, /also requires --allow-production/],
    [{ environment: 'production', 'allow-production': true }, refusal],
  ] as const) {
    const workflowRun = await loadTest(
      { test: 'smoke', ...inputs },
      { environments: { [inputs.environment]: environment } },
    );
    const job = onlyJob(workflowRun);
    assert.deepEqual(outcomes(job), ['failure', 'success', 'success'], logOf(job));
    assert.match(step(job, RUN).log, message);
    for (const secret of Object.values(SECRETS)) assert.ok(!logOf(job).includes(secret));
    assert.match(step(job, SHOW_RUN).annotations.join('\n'), /^::warning title=No run found::/);
    assert.deepEqual(job.outputs, { decision: '', run: '' });
    assert.deepEqual(job.concurrency, {
      group: `load-on-${inputs.environment}`,
      'cancel-in-progress': false,
      queue: 'max',
    });
  }
});

test('load-test.yml does not queue runs that start their own reference service', async () => {
  const job = onlyJob(await loadTest({ test: 'no-such-test' }));
  assert.match(String(job.concurrency?.group), /^load-on-\d+-booking-no-such-test$/);
  assert.match(step(job, RUN).log, /There is no test named booking\/no-such-test/);
});

/** Returns the names of all tests that have records on the history branch. */
function testsInHistory(): string[] {
  const [file] = git(suite.bare, 'ls-tree', '-r', '--name-only', 'load-history').split('\n');
  const lines = git(suite.bare, 'show', `load-history:${file}`).split('\n');
  return lines.map((line) => (JSON.parse(line) as HistoryRecord).run.test).sort();
}

test('nightly.yml runs tests, updates history and pages, and keeps one issue open while an alarm lasts', async (t) => {
  const gitHub = await FakeGitHub.start(t, suite.name, (token) => token.includes('"issues":"write"'));
  const { issues } = gitHub;
  const nightly = (start: Partial<WorkflowStart>) =>
    simulateWorkflow({ ...host, apiUrl: gitHub.url }, { file: NIGHTLY, ...start });
  const jobsOf = (workflowRun: WorkflowResult) => {
    const [flow, endurance, ...after] = workflowRun.jobs;
    assert.deepEqual(
      [flow?.name, endurance?.name, ...after.map(({ name }) => name)],
      ['test (business-flow) / run', 'test (endurance) / run', 'history', 'pages', 'alert'],
    );
    // Expect failures, because short runs have too few samples and runs without API_URL do not start.
    assert.deepEqual([flow?.outcome, endurance?.outcome], ['failure', 'failure']);
    const [history, pages, alert] = after as [JobRecord, JobRecord, JobRecord];
    return { flow: flow as JobRecord, history, pages, alert };
  };

  const failing = await nightly({ inputs: LIGHT, env: { TARGET_FAULTS: 'whatsapp-429:0.9' } });
  const first = jobsOf(failing);
  assert.equal(first.history.outcome, 'success', logOf(first.history));
  assert.deepEqual(testsInHistory(), ['business-flow', 'endurance']);
  assert.match(step(first.history, SHOW).summary, /^# History of booking/);
  assert.equal(first.pages.outcome, 'success');
  assert.deepEqual(artifactFiles(failing, '{index,booking}.html').sort(), [
    'github-pages/booking.html',
    'github-pages/index.html',
  ]);
  assert.equal(first.alert.outcome, 'success', logOf(first.alert));
  assert.match(step(first.alert, ALERT).log, /^booking: issue opened /m);
  assert.match(issues[0]?.body ?? '', /success of booking is below the target/);

  const withoutRuns = jobsOf(await nightly({ event: 'schedule', vars: { NIGHTLY_ENVIRONMENT: 'staging' } }));
  assert.match(step(withoutRuns.flow, RUN).log, /^API_URL is not set/m);
  assert.equal(withoutRuns.flow.concurrency?.group, 'load-on-staging');
  assert.equal(step(withoutRuns.history, 'Append the runs').outcome, 'failure');
  assert.equal(step(withoutRuns.history, SHOW).outcome, 'success');
  assert.deepEqual(testsInHistory(), ['business-flow', 'endurance'], 'the history is unchanged');
  assert.equal(withoutRuns.pages.outcome, 'success');
  assert.match(step(withoutRuns.alert, ALERT).log, /^booking: issue updated /m);
  assert.equal(issues.length, 1);
  assert.deepEqual(gitHub.wrong, []);
});

test('the timeout in nightly.yml is more than twice the duration of the tests', async () => {
  const { stdout } = await sandbox.runCommand(['list', '--json']);
  const plans = JSON.parse(stdout) as TestPlan[];
  const { strategy, with: inputs } = readWorkflow(suite.root, NIGHTLY).jobs.test ?? {};
  for (const name of strategy?.matrix.test ?? assert.fail('no tests')) {
    const plan = plans.find(({ product, test }) => product === inputs?.product && test === name);
    assert.ok(plan, `there is a test ${name}`);
    assert.ok(Number(inputs?.['timeout-minutes']) * 60_000 > 2 * plan.workload.durationMs);
  }
});

/** Files of a product in the folder `load-tests/` of another repository. */
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
  description: 'a single request',
  workload: once({ maxDuration: '10s' }),
  traffic: each([visit(1, readArticle, (it) => it.call('1'))]),
  criteria: [noFailedCheck()],
});
`,
};

/** Returns the example workflow from the docs for users in other repositories. */
function exampleWorkflow(): string {
  const docs = readFileSync(path.join(ROOT, 'docs/guides/github-actions.md'), 'utf8');
  const [, yaml] = /```yaml\n([^`]*?run-test\.yml@[^`]*)```/.exec(docs) ?? [];
  assert.ok(yaml, 'the docs contain an example');
  return yaml.replace('<owner>', 'acme').replace('<commit>', suite.sha);
}

test('the example workflow in the docs runs a test that another repository contains', async (t) => {
  const API_KEY = 'key-77d0c41be9';
  const API_URL = await serve(t, ({ url, headers }, response) => {
    const known = url === '/health' || headers.authorization === `Bearer ${API_KEY}`;
    response.writeHead(known ? 200 : 401).end('{ "price": 5 }');
  });
  const file = '.github/workflows/load.yml';
  const files: Record<string, string> = { [file]: exampleWorkflow() };
  for (const [name, text] of Object.entries(SHOP)) files[`load-tests/${name}`] = text;
  const root = sandbox.subfolder('shop');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  const shop = createRepository(sandbox, 'acme/shop', root);
  const workflowRun = await simulateWorkflow(
    { sandbox, repositories: [shop, suite] },
    {
      file,
      environments: {
        staging: { vars: { API_URL }, secrets: { LOAD_SUITE_VARIABLES: `API_KEY=${API_KEY}\n` } },
      },
    },
  );
  const job = onlyJob(workflowRun);
  assert.equal(workflowRun.outcome, 'success', logOf(job));
  assert.ok(!logOf(job).includes(API_KEY), 'the secret is masked in the log');
  const { run, endpoints } = JSON.parse(readArtifact(workflowRun, 'result.json'));
  assert.deepEqual([run.product, run.test, run.environment], ['shop', 'peak', 'staging']);
  assert.deepEqual([endpoints[0].name, endpoints[0].requests], ['GET /articles/:id', 1]);
});

test('run-test.yml passes all variables to the step that runs the test, and secrets to no other step', async () => {
  const { jobs, on } = readWorkflow(suite.root, RUN_TEST);
  const steps = jobs.run?.steps ?? [];
  const run = steps.find(({ name }) => name === RUN);
  const { stdout } = await sandbox.runCommand(['list', '--json']);
  const declared = (JSON.parse(stdout) as TestPlan[]).flatMap((plan) => plan.variables);
  assert.ok(declared.some(({ name }) => name === 'WEBHOOK_SECRET'));
  for (const [name, { secret }] of Object.entries(allVariables(declared))) {
    if (NOT_IN_WORKFLOWS.has(name)) continue;
    const value = run?.env?.[name];
    if (secret) {
      assert.equal(value, `\${{ secrets.${name} }}`);
      assert.equal(on.workflow_call?.secrets?.[name]?.required, false, name);
    } else assert.match(String(value), new RegExp(`^\\$\\{\\{ (vars\\.${name}|inputs\\.[\\w-]+) \\}\\}$`), name);
  }
  for (const otherStep of steps.filter((candidate) => candidate !== run))
    assert.doesNotMatch(JSON.stringify(otherStep), /secrets\./);
});
