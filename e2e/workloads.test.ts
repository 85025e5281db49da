import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Result } from '../lib/core/evidence/index.ts';
import { addProduct, addTest, Checkout } from './checkout.ts';
import { Sandbox } from './sandbox.ts';

const sandbox = new Sandbox({ outlivesTests: true });
let checkout: Checkout;

/** Adds the routes `/one`, `/two` and `/three` to the target. */
const PLUGIN = "for (const path of ['/one', '/two', '/three']) app.get(path, async () => ({ path }));";

const TOP = `import * as suite from 'load-suite';
import { each, endpoint, none, visit } from 'load-suite';

const to = (path) => each([visit(1, endpoint('GET ' + path, { auth: none, expectedStatus: 200, has: 'path' }), (it) => it.call())]);
`;

before(() => {
  checkout = new Checkout(sandbox);
  addProduct(checkout, { plugin: PLUGIN });
});

/** Runs a workload with k6 for a fifth of its normal duration. */
async function runOf(name: string, workload: string, traffic: string): Promise<Result> {
  addTest(checkout, name, { top: TOP, workload, traffic });
  const exit = await sandbox.run([`fixture/${name}`, '--time-scale', '0.2'], { root: checkout.root });
  assert.equal(exit.code, 0, exit.stdout + exit.stderr);
  return sandbox.lastRun.result;
}

const requestsBy = (parts: readonly { name: string; requests: number }[]) =>
  Object.fromEntries(parts.map(({ name, requests }) => [name, requests]));

test('bursts() starts the VUs of each burst at the same time while a probe sends requests', async () => {
  const { bursts, phases, endpoints, verdict } = await runOf(
    'bursts',
    `suite.withProbe(
      suite.bursts([{ phase: 'agents', vus: 20 }, { phase: 'claims', vus: 15 }], { pause: '20s' }),
      { ratePerS: 2, maxVUs: 3 },
    )`,
    "{ agents: to('/one'), claims: to('/two'), probe: to('/three') }",
  );
  assert.equal(verdict.decision, 'GO');
  assert.deepEqual(
    bursts.map(({ phase, vus, began }) => [phase, vus, began]),
    [
      ['agents', 20, 20],
      ['claims', 15, 15],
    ],
  );
  // The delay is usually below 5 ms, but longer on a busy machine.
  for (const { phase, spreadMs } of bursts) assert.ok((spreadMs ?? 1000) < 250, `${phase}: ${spreadMs} ms`);
  assert.deepEqual(
    { ...requestsBy(endpoints), 'GET /three': 0 },
    {
      'GET /one': 20,
      'GET /two': 15,
      'GET /three': 0,
    },
  );
  const [agents, claims] = phases;
  assert.equal(requestsBy(agents?.endpoints ?? [])['GET /one'], 20);
  assert.equal(requestsBy(claims?.endpoints ?? [])['GET /two'], 15);
});

test('sequential() runs each operation in a separate phase, with the configured number of samples', async () => {
  const { phases, endpoints, verdict } = await runOf(
    'sequential',
    "suite.sequential([{ phase: 'one', samples: 100, within: '10s' }, { phase: 'two', samples: 25, within: '10s' }])",
    "{ one: to('/one'), two: to('/two') }",
  );
  assert.equal(verdict.decision, 'GO');
  assert.deepEqual(requestsBy(endpoints), { 'GET /one': 20, 'GET /two': 5 });
  assert.deepEqual(requestsBy(phases), { one: 20, two: 5 });
});

test('arrivalPhases() starts iterations at the configured rate of each phase', async () => {
  const { phases, generator, run } = await runOf(
    'arrivals',
    `suite.arrivalPhases(
      [{ phase: 'slow', duration: '15s', ratePerS: 10 }, { phase: 'fast', duration: '15s', ratePerS: 40 }],
      { maxVUs: 20 },
    )`,
    "to('/one')",
  );
  const { slow = 0, fast = 0 } = requestsBy(phases);
  assert.ok(slow >= 28 && slow <= 33, `expected about 30 arrivals, found ${slow}`);
  assert.ok(fast >= 116 && fast <= 123, `expected about 120 arrivals, found ${fast}`);
  assert.equal(generator.droppedIterations, 0);
  assert.deepEqual(run.workload.phases[1]?.offered, { unit: 'perSecond', from: 40, to: 40 });
});

test('arrivalRamps() and ladder() run all configured phases', async () => {
  const ramps = await runOf(
    'ramps',
    "suite.arrivalRamps([{ phase: 'up', duration: '20s', fromPerS: 0, toPerS: 50 }], { maxVUs: 20 })",
    "to('/one')",
  );
  const { up = 0 } = requestsBy(ramps.phases);
  assert.ok(up >= 90 && up <= 110, `expected about 100 arrivals, found ${up}`);
  const ladder = await runOf('ladder', "suite.ladder([2, 4], { ramp: '5s', hold: '10s' })", "{ load: to('/one') }");
  assert.deepEqual(
    ladder.phases.map(({ name, requests }) => [name, requests > 0]),
    [
      ['to-2', true],
      ['users-2', true],
      ['to-4', true],
      ['users-4', true],
    ],
  );
  assert.equal(ladder.generator.vusMax, 4);
});

test('a run is INVALID if k6 cannot start iterations at the configured rate', async () => {
  checkout.write(
    'tests/fixture/slow.ts',
    checkout
      .read('tests/fixture/arrivals.ts')
      .replace("test: 'arrivals'", "test: 'slow'")
      .replace('maxVUs: 20', 'maxVUs: 1')
      .replaceAll("to('/one')", "{ ...to('/one'), iterate: () => sleep(1) }")
      .replace('import ', "import { sleep } from 'k6';\nimport "),
  );
  const exit = await sandbox.run(['fixture/slow', '--time-scale', '0.2', '--vus-scale', '0.1'], {
    root: checkout.root,
  });
  const { verdict } = sandbox.lastRun.result;
  assert.equal(exit.code, 3);
  assert.equal(verdict.decision, 'INVALID');
});

test('run refuses a test with traffic for an unknown scenario and names the scenario', async () => {
  checkout.write(
    'tests/fixture/misspelled.ts',
    checkout
      .read('tests/fixture/ladder.ts')
      .replace("test: 'ladder'", "test: 'misspelled'")
      .replace('{ load:', '{ laod:'),
  );
  const exit = await sandbox.run(['fixture/misspelled'], { root: checkout.root });
  assert.equal(exit.code, 2);
  assert.match(exit.stderr, /The test has traffic for laod, but the workload has the scenarios load\./);
});
