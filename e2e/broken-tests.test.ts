import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import type { TestPlan } from '../lib/core/definition/index.ts';
import { addProduct, addTest, Checkout } from './checkout.ts';
import { assertNoStack, assertRefused, assertVerdict, type CommandExit, Sandbox } from './sandbox.ts';

const sandbox = new Sandbox();
let checkout: Checkout;

before(() => {
  checkout = new Checkout(sandbox);
  addProduct(checkout);
});

const run = (name: string): Promise<CommandExit> => sandbox.run([`fixture/${name}`], { root: checkout.root });
const refused = async (name: string, ...messages: (string | RegExp)[]) =>
  assertRefused(await run(name), 2, ...messages);

test('run reports a compile error in a test with file, line and column', async () => {
  addTest(checkout, 'broken', { top: 'const x = ;' });
  await refused('broken', /^The test does not compile:\n {2}tests\/fixture\/broken\.ts:1:11: Unexpected ";"$/m);
});

test('run names every import of a test that cannot be bundled', async () => {
  addTest(checkout, 'imports', { top: "import 'node:fs';\nimport './no-such-file.ts';" });
  await refused(
    'imports',
    /tests\/fixture\/imports\.ts:1:8: Could not resolve "node:fs"/,
    /tests\/fixture\/imports\.ts:2:8: Could not resolve "\.\/no-such-file\.ts"/,
  );
});

test('run refuses a test that imports a file in lib/, and shows the import to use instead', async () => {
  addTest(checkout, 'deep', {
    top: "import { percentileBelow, type Criterion } from '../../lib/core/criteria.ts';",
    iterate: 'percentileBelow(0.95, "1s");',
  });
  await refused(
    'deep',
    "tests/fixture/deep.ts imports ../../lib/core/criteria.ts, which is not part of the public interface. Import { percentileBelow, type Criterion } from 'load-suite' instead.",
  );
});

test('run refuses a test that imports load-suite/data, because k6 cannot run this module', async () => {
  addTest(checkout, 'faker', {
    top: "import { seededFaker } from 'load-suite/data';",
    iterate: 'seededFaker(1);',
  });
  await refused('faker', 'tests/fixture/faker.ts imports load-suite/data, which requires Node');
});

test('run names the file of an invalid contract', async () => {
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

test('run shows the message and source line of an exception that a test throws while k6 loads it', async () => {
  addTest(checkout, 'throws-at-once', { top: "throw new Error('there are no salons');" });
  await refused(
    'throws-at-once',
    /^k6 cannot load fixture\/throws-at-once: .*there are no salons .*throws-at-once\.ts:1:\d/,
  );
});

test('run aborts if an iteration throws an exception, and shows the exception once with its source line', async () => {
  addTest(checkout, 'throws', { iterate: "throw new Error('no bookings in the response');" });
  const exit = await run('throws');
  assert.equal(exit.code, 3, exit.stderr);
  assertNoStack(exit);
  const { result } = sandbox.lastRun;
  assert.equal(result.run.outcome, 'aborted');
  assert.equal(result.verdict.decision, 'INVALID');
  assert.match(
    result.run.outcomeReason ?? '',
    /exception in fixture\/throws: .*no bookings in the response .*throws\.ts:13:\d/,
  );
  const shown = (exit.stdout + exit.stderr).split('no bookings in the response').length - 1;
  assert.equal(shown, 1, exit.stdout);
});

test('a run is INVALID and notes the exception if handleSummary throws', async () => {
  addTest(checkout, 'no-summary', {
    top: "import http from 'k6/http';\nimport { env } from 'load-suite';",
    iterate: "http.get(env('API_URL') + '/health');",
  });
  const file = 'tests/fixture/no-summary.ts';
  const throwing = "export function handleSummary() {\n  throw new Error('no figures today');\n}\n";
  checkout.write(file, checkout.read(file).replace('run, handleSummary }', 'run }') + throwing);
  const exit = await run('no-summary');
  assertVerdict(exit, 3, 'INVALID');
  const { run: runInfo, verdict } = sandbox.lastRun.result;
  assert.equal(runInfo.outcome, 'completed');
  assert.deepEqual(verdict.reasons, ['k6 wrote no summary, so nothing confirms that the telemetry is complete']);
  assert.match(runInfo.notes.join('\n'), /^k6 error: .*no figures today .*no-summary\.ts:\d+/m);
});

test('run refuses a test whose name differs from its file name', async () => {
  addTest(checkout, 'file-name', { name: 'another-name' });
  await refused(
    'file-name',
    /tests\/fixture\/file-name\.ts defines the test fixture\/another-name/,
    'must match the folder and file name',
  );
});

test('run refuses a test file that does not use defineTest, and explains what to export', async () => {
  checkout.write('tests/fixture/bare.ts', 'export const options = {};\nexport default () => {};\n');
  await refused('bare', 'fixture/bare has no plan', 'must export what defineTest returns');
});

describe('a checkout with broken tests and a helper file', () => {
  let mixed: Checkout;
  before(() => {
    mixed = new Checkout(sandbox, 'mixed');
    rmSync(path.join(mixed.root, 'tests'), { recursive: true });
    addProduct(mixed);
    mixed.write('tests/fixture/helper.ts', "export const path = '/health';\n");
    addTest(mixed, 'sound', {
      top: "import http from 'k6/http';\nimport { env } from 'load-suite';\nimport { path } from './helper.ts';",
      iterate: "http.get(env('API_URL') + path);",
    });
    addTest(mixed, 'broken', { top: 'const x = ;' });
    addTest(mixed, 'renamed', { name: 'another-name' });
    mixed.write('tests/other/data.ts', "throw new Error('no names left');\nexport const datasets = {};\n");
    mixed.write('tests/other/smoke.ts', mixed.read('tests/fixture/sound.ts').replaceAll("'./", "'../fixture/"));
  });

  test('list shows all valid tests, reports why each broken test is broken, and exits with 2', async () => {
    const exit = await sandbox.runCommand(['list', '--json'], { root: mixed.root });
    assert.equal(exit.code, 2, exit.stderr);
    assertNoStack(exit);
    const listed: TestPlan[] = JSON.parse(exit.stdout);
    const names = listed.map(({ product, test: name }) => `${product}/${name}`);
    assert.deepEqual(names, ['fixture/sound']);
    assert.match(
      exit.stderr,
      /^fixture\/broken is not listed\. The test does not compile:\n {2}tests\/fixture\/broken\.ts:1:11: /m,
    );
    assert.match(exit.stderr, /^fixture\/renamed is not listed\. tests\/fixture\/renamed\.ts defines the test /m);
    assert.match(exit.stderr, /^ {2}tests\/other\/data\.ts failed to generate rows: no names left$/m);
    assert.doesNotMatch(exit.stderr, /helper/);
  });

  test('the command all runs the valid tests of a product and lists its broken tests without a result', async () => {
    const exit = await sandbox.runCommand(['all', 'fixture', '--results', sandbox.subfolder('results-of-all')], {
      root: mixed.root,
    });
    assert.equal(exit.code, 2, exit.stderr);
    assertNoStack(exit);
    assert.match(exit.stdout, /^fixture\/broken +no result$/m);
    assert.match(exit.stdout, /^fixture\/renamed +no result$/m);
    assert.match(exit.stdout, /^fixture\/sound +GO /m);
    assert.match(exit.stdout, /^fixture\/broken: The test does not compile:; +tests\/fixture\/broken\.ts:1:11: /m);
    assert.doesNotMatch(exit.stdout, /helper/);
  });

  test('run refuses a file that is not a test, and explains what a test exports', async () => {
    const exit = await sandbox.run(['fixture/helper'], { root: mixed.root });
    assertRefused(exit, 2, 'tests/fixture/helper.ts is not a test. A test exports what defineTest returns');
  });
});
