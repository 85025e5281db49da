import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DeclaredVariable } from '../../../lib/core/definition/index.ts';
import { testPlan } from '../../../lib/core/testing/evidence.ts';
import { packed } from './files.ts';
import { manifestsOf, type Script, type TestRun, toYaml } from './manifests.ts';
import { type Layout, podGeneratorNames, renderingOf, secretVariable } from './rendering.ts';
import { DEFAULTS } from './settings.ts';
import { assertTestRun } from './test-run-schema.ts';

const TOKEN = 'token-7f3a';

const SCRIPT: Script = {
  from: 'config-map',
  entry: 'peak.js',
  ...packed({
    entry: 'peak.js',
    scripts: { 'peak.js': 'bundle', 'peak.description.js': 'description' },
    opened: {
      'contracts/shop/stats.js': Buffer.from('contract'),
      'data/shop/rows.txt': Buffer.from('row'),
    },
  }),
};

const secret = (name: string): DeclaredVariable => ({
  name,
  kind: 'secret',
  description: 'a credential',
  local: 'local-value',
});

const layout = (parts: Partial<Layout> = {}): Layout => ({
  settings: { ...DEFAULTS, parallelism: 2, separate: false },
  name: 'shop-peak',
  plan: testPlan({ variables: [secret('ADMIN_TOKEN'), secret('WEBHOOK_SECRET')] }),
  env: { TEST_ENV: 'staging', API_URL: 'https://api.example.com', ADMIN_TOKEN: TOKEN, VUS_SCALE: '2' },
  secret: 'load-suite',
  forward: null,
  ...parts,
});

const rendered = (parts: Partial<Layout> = {}, script: Script = SCRIPT) =>
  Object.values(manifestsOf(renderingOf(layout(parts), script))).flat();
const testRunOf = (parts: Partial<Layout> = {}, script: Script = SCRIPT) =>
  rendered(parts, script).find(({ kind }) => kind === 'TestRun') as TestRun;
const variableOf = (name: string, parts: Partial<Layout> = {}) =>
  testRunOf(parts).spec.runner.env.find((variable) => variable.name === name);

test('Kubernetes manifests refer to a Secret and never contain secret values', () => {
  assert.doesNotMatch(toYaml(rendered()), new RegExp(TOKEN));
  assert.deepEqual(variableOf('ADMIN_TOKEN'), {
    name: 'ADMIN_TOKEN',
    valueFrom: { secretKeyRef: { name: 'load-suite', key: 'ADMIN_TOKEN' } },
  });
});

test('rendering the manifests fails if a variable that is not secret contains the value of a secret', () => {
  const env = { ...layout().env, API_URL: `https://api.example.com/${TOKEN}` };
  assert.throws(() => rendered({ env }), /^.*The value of ADMIN_TOKEN would appear in a manifest/);
});

test('pods of load generators receive every secret of the product, but no secrets of probes', () => {
  const env = { ...layout().env, TARGET_DATABASE_URL: 'postgres://u:p-44@db/x' };
  assert.ok(variableOf('WEBHOOK_SECRET', { env })?.valueFrom);
  assert.equal(variableOf('TARGET_DATABASE_URL', { env }), undefined);
});

test('the initializer of k6-operator only receives variables that determine the options of the test', () => {
  assert.deepEqual(testRunOf().spec.initializer.env, [
    { name: 'TEST_ENV', value: 'local' },
    { name: 'K6_LOG_FORMAT', value: 'json' },
    { name: 'VUS_SCALE', value: '2' },
  ]);
});

test('the telemetry of each pod contains the job name of the pod', () => {
  const { env } = testRunOf().spec.runner;
  const names = env.map(({ name }) => name);
  assert.equal(variableOf('OTEL_RESOURCE_ATTRIBUTES')?.value, 'service.instance.id=$(GENERATOR)');
  assert.ok(names.indexOf('GENERATOR') < names.indexOf('OTEL_RESOURCE_ATTRIBUTES'), 'defined before it is used');
  assert.deepEqual(podGeneratorNames('shop-peak', 3), ['shop-peak-1', 'shop-peak-2', 'shop-peak-3']);
});

test('GOMEMLIMIT is 90 % of the memory limit of the pod', () => {
  assert.equal(variableOf('GOMEMLIMIT')?.value, `${Math.floor(0.9 * 1024 ** 3)}B`);
});

test('a ConfigMap contains the files of the test, and pods unpack them to the paths that the bundles open', () => {
  const configMap = rendered().find(({ kind, metadata }) => kind === 'ConfigMap' && metadata?.name === 'shop-peak');
  assert.ok(configMap && 'data' in configMap && 'binaryData' in configMap);
  assert.deepEqual(Object.keys(configMap.data ?? {}), ['peak.js', 'peak.description.js']);
  assert.deepEqual(Object.keys(configMap.binaryData ?? {}), [
    'contracts__shop__stats.js.gz',
    'data__shop__rows.txt.gz',
  ]);
  const { script, runner } = testRunOf().spec;
  assert.deepEqual(script, { configMap: { name: 'shop-peak', file: 'peak.js' } });
  assert.deepEqual(
    runner.volumeMounts.map(({ mountPath }) => mountPath),
    ['/tmp', '/contracts', '/data'],
  );
});

test('with a volume claim, pods run an archive from the volume and do not unpack files', () => {
  const { script, runner } = testRunOf({}, { from: 'claim', claim: 'tests', archive: 'shop-peak.tar' }).spec;
  assert.deepEqual(script, { volumeClaim: { name: 'tests', file: 'shop-peak.tar', readOnly: true } });
  assert.equal(runner.initContainers, undefined);
});

test('the collector reads its token from the Secret, and may only connect to the port of the runner', () => {
  const forward = { url: 'http://10.0.0.7:4318', token: secretVariable('COLLECT_TOKEN', 'load-suite') };
  const yaml = toYaml(rendered({ forward }));
  assert.match(yaml, /endpoint: http:\/\/10\.0\.0\.7:4318/);
  assert.match(yaml, /authorization: Bearer \$\{env:COLLECT_TOKEN\}/);
  assert.match(yaml, /name: COLLECT_TOKEN\n\s+valueFrom:\n\s+secretKeyRef:/);
  assert.doesNotMatch(yaml, /metrics\.json/);
});

describe('assertTestRun', () => {
  test('assertTestRun accepts TestRuns that load-suite renders', () => {
    assertTestRun(testRunOf());
    assertTestRun(testRunOf({}, { from: 'claim', claim: 'tests', archive: 'shop-peak.tar' }));
  });

  type InvalidRun = { spec: Record<string, unknown> & { runner: Record<string, unknown> } };
  type Change = (run: InvalidRun) => void;
  const spec =
    (change: object): Change =>
    (run) =>
      Object.assign(run.spec, change);
  const runner =
    (change: object): Change =>
    (run) =>
      Object.assign(run.spec.runner, change);
  const cases: [what: string, change: Change, message: RegExp][] = [
    ['an unknown field', spec({ parallelsm: 3 }), /\/spec must NOT have additional properties: parallelsm$/],
    ['text instead of a number', spec({ parallelism: '2' }), /\/spec\/parallelism must be integer$/],
    ['a parallelism of 0', spec({ parallelism: 0 }), /\/spec\/parallelism must be >= 1$/],
    ['no script', (run) => delete run.spec.script, /\/spec must have required property 'script'$/],
    [
      'a ConfigMap without a name',
      spec({ script: { configMap: { file: 'x.js' } } }),
      /configMap must have required property 'name'$/,
    ],
    [
      'an unknown value for cleanup',
      spec({ cleanup: 'always' }),
      /\/spec\/cleanup must be equal to one of the allowed values: post$/,
    ],
    [
      'a boolean where the operator expects text',
      runner({ automountServiceAccountToken: false }),
      /automountServiceAccountToken must be string$/,
    ],
    [
      'a variable without a name',
      runner({ env: [{ value: 'x' }] }),
      /\/spec\/runner\/env\/0 must have required property 'name'$/,
    ],
    [
      'an invalid amount of memory',
      runner({ resources: { limits: { memory: 'lots' } } }),
      /\/limits\/memory must match pattern/,
    ],
    [
      'an unknown kind of secret reference',
      runner({ env: [{ name: 'A', valueFrom: { secretRef: { name: 'x' } } }] }),
      /valueFrom must NOT have additional properties: secretRef$/,
    ],
  ];
  for (const [what, change, message] of cases) {
    test(`assertTestRun refuses a TestRun with ${what}`, () => {
      const run = structuredClone(testRunOf()) as unknown as InvalidRun;
      change(run);
      assert.throws(() => assertTestRun(run), message);
    });
  }
});
