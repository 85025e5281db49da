import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import type { TestPlan } from '../lib/core/definition/index.ts';
import { addProduct, addTest, Checkout } from './checkout.ts';
import { assertNoStack, assertRefused, assertVerdict, type Ended, Sandbox } from './suite.ts';

const sandbox = new Sandbox();
let checkout: Checkout;

before(() => {
  checkout = new Checkout(sandbox);
  addProduct(checkout);
});

const run = (name: string): Promise<Ended> => sandbox.run([`fixture/${name}`], { root: checkout.root });
const refused = async (name: string, ...says: (string | RegExp)[]) =>
  assertRefused(await run(name), 2, ...says);

test('a test that does not compile is shown with the place', async () => {
  addTest(checkout, 'broken', { top: 'const x = ;' });
  await refused(
    'broken',
    /^The test does not compile:\n {2}tests\/fixture\/broken\.ts:1:11: Unexpected ";"$/m,
  );
});

test('every import that cannot be bundled for k6 is named', async () => {
  addTest(checkout, 'imports', { top: "import 'node:fs';\nimport './no-such-file.ts';" });
  await refused(
    'imports',
    /tests\/fixture\/imports\.ts:1:8: Could not resolve "node:fs"/,
    /tests\/fixture\/imports\.ts:2:8: Could not resolve "\.\/no-such-file\.ts"/,
  );
});

test('an import of a file below lib names the import to write instead', async () => {
  addTest(checkout, 'deep', {
    top: "import { percentileBelow, type Criterion } from '../../lib/core/criteria.ts';",
    iterate: 'percentileBelow(0.95, "1s");',
  });
  await refused(
    'deep',
    "tests/fixture/deep.ts imports ../../lib/core/criteria.ts, which is not part of the public interface. Import { percentileBelow, type Criterion } from 'load-suite' instead.",
  );
});

test('an import of load-suite/data in a test is refused, because k6 cannot run it', async () => {
  addTest(checkout, 'faker', {
    top: "import { seededFaker } from 'load-suite/data';",
    iterate: 'seededFaker(1);',
  });
  await refused('faker', 'tests/fixture/faker.ts imports load-suite/data, which requires Node');
});

test('the error for an invalid contract names its file', async () => {
  checkout.write('tests/fixture/contracts/thing.schema.json', '{ "type": "objekt" }');
  addTest(checkout, 'contract', {
    top: "import thing from './contracts/thing.schema.json' with { type: 'json' };",
    iterate: 'console.log(thing);',
  });
  await refused(
    'contract',
    /^The test does not compile:\n {2}tests\/fixture\/contracts\/thing\.schema\.json is not a valid JSON Schema: .*objekt$/m,
  );
});

test('an exception while a test is loaded is shown with its message', async () => {
  addTest(checkout, 'throws-at-once', { top: "throw new Error('there are no salons');" });
  await refused(
    'throws-at-once',
    /^k6 cannot load fixture\/throws-at-once: .*there are no salons .*throws-at-once\.ts:1:\d/,
  );
});

test('an exception in an iteration ends the run, and is shown once with the place in the source', async () => {
  addTest(checkout, 'throws', { iterate: "throw new Error('no bookings in the answer');" });
  const ended = await run('throws');
  assert.equal(ended.code, 3, ended.stderr);
  assertNoStack(ended);
  const { result } = sandbox.theRun;
  assert.equal(result.run.outcome, 'aborted');
  assert.equal(result.verdict.decision, 'INVALID');
  assert.match(
    result.run.outcomeReason ?? '',
    /exception in fixture\/throws: .*no bookings in the answer .*throws\.ts:13:\d/,
  );
  const shown = (ended.stdout + ended.stderr).split('no bookings in the answer').length - 1;
  assert.equal(shown, 1, ended.stdout);
});

test('an exception while the summary is made leaves a run without a verdict, with the exception among its notes', async () => {
  addTest(checkout, 'no-summary', {
    top: "import http from 'k6/http';\nimport { env } from 'load-suite';",
    iterate: "http.get(env('API_URL') + '/health');",
  });
  const file = 'tests/fixture/no-summary.ts';
  const throwing = "export function handleSummary() {\n  throw new Error('no figures today');\n}\n";
  checkout.write(file, checkout.read(file).replace('run, handleSummary }', 'run }') + throwing);
  const ended = await run('no-summary');
  assertVerdict(ended, 3, 'INVALID');
  const { run: about, verdict } = sandbox.theRun.result;
  assert.equal(about.outcome, 'completed');
  assert.deepEqual(verdict.reasons, [
    'k6 wrote no summary, so nothing confirms that the telemetry is complete',
  ]);
  assert.match(about.notes.join('\n'), /^k6 error: .*no figures today .*no-summary\.ts:\d+/m);
});

test('a test has to be named as its file', async () => {
  addTest(checkout, 'one-name', { name: 'another-name' });
  await refused(
    'one-name',
    /tests\/fixture\/one-name\.ts defines the test fixture\/another-name/,
    'must match the folder and file name',
  );
});

test('a test without a plan is told how to get one', async () => {
  checkout.write('tests/fixture/bare.ts', 'export const options = {};\nexport default () => {};\n');
  await refused('bare', 'fixture/bare has no plan', 'must export what defineTest returns');
});

describe('beside a helper file, a test that does not compile and one without a plan', () => {
  let others: Checkout;
  before(() => {
    others = new Checkout(sandbox, 'others');
    rmSync(path.join(others.root, 'tests'), { recursive: true });
    addProduct(others);
    others.write('tests/fixture/helper.ts', "export const path = '/health';\n");
    addTest(others, 'sound', {
      top: "import http from 'k6/http';\nimport { env } from 'load-suite';\nimport { path } from './helper.ts';",
      iterate: "http.get(env('API_URL') + path);",
    });
    addTest(others, 'broken', { top: 'const x = ;' });
    addTest(others, 'renamed', { name: 'another-name' });
    others.write('tests/other/data.ts', "throw new Error('no names left');\nexport const datasets = {};\n");
    others.write(
      'tests/other/smoke.ts',
      others.read('tests/fixture/sound.ts').replaceAll("'./", "'../fixture/"),
    );
  });

  test('list shows the other tests, names the broken ones with their reasons, and ends with 2', async () => {
    const ended = await sandbox.command(['list', '--json'], { root: others.root });
    assert.equal(ended.code, 2, ended.stderr);
    assertNoStack(ended);
    const listed: TestPlan[] = JSON.parse(ended.stdout);
    const names = listed.map(({ product, test: name }) => `${product}/${name}`);
    assert.deepEqual(names, ['fixture/sound']);
    assert.match(
      ended.stderr,
      /^fixture\/broken is not listed\. The test does not compile:\n {2}tests\/fixture\/broken\.ts:1:11: /m,
    );
    assert.match(
      ended.stderr,
      /^fixture\/renamed is not listed\. tests\/fixture\/renamed\.ts defines the test /m,
    );
    assert.match(ended.stderr, /^ {2}tests\/other\/data\.ts failed to generate rows: no names left$/m);
    assert.doesNotMatch(ended.stderr, /helper/);
  });

  test('all of one product runs its sound tests whatever another product does, and reports the broken ones as tests without a result', async () => {
    const ended = await sandbox.command(
      ['all', 'fixture', '--results', sandbox.subfolder('results-of-all')],
      {
        root: others.root,
      },
    );
    assert.equal(ended.code, 2, ended.stderr);
    assertNoStack(ended);
    assert.match(ended.stdout, /^fixture\/broken +no result$/m);
    assert.match(ended.stdout, /^fixture\/renamed +no result$/m);
    assert.match(ended.stdout, /^fixture\/sound +GO /m);
    assert.match(
      ended.stdout,
      /^fixture\/broken: The test does not compile:; +tests\/fixture\/broken\.ts:1:11: /m,
    );
    assert.doesNotMatch(ended.stdout, /helper/);
  });

  test('a helper file named as a test is refused with what makes a test', async () => {
    const ended = await sandbox.run(['fixture/helper'], { root: others.root });
    assertRefused(ended, 2, 'tests/fixture/helper.ts is not a test. A test exports what defineTest returns');
  });
});
