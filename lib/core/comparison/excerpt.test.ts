import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  endpointFigures,
  evenWindows,
  evidenceOf,
  flowFigures,
  instants,
  repeat,
  samplesOf,
  stepFigures,
} from '../testing/evidence.ts';
import { excerptOf } from './excerpt.ts';

const MINUTE = 60_000;

describe('an excerpt of a run', () => {
  const { parts, ...excerpt } = excerptOf(
    evidenceOf({
      run: { labels: { instance: 't3.small' }, commits: { suite: 'abc', tests: null, service: null } },
      endpoints: [
        endpointFigures('GET /items/:id', { values: repeat(600, 100), errors: 6 }),
        endpointFigures('GET /never', { values: [] }),
      ],
      flows: [
        {
          ...flowFigures('order', { values: repeat(60, 1000), succeeded: 57 }),
          steps: [stepFigures('pay', { values: repeat(60, 300), succeeded: 57 }), stepFigures('ship', { values: [] })],
        },
      ],
      windows: evenWindows(2, 5000, {
        requests: [500, 500],
        errors: [0, 6],
        p95Ms: [100, null],
        flows: { order: { iterations: [30, 30], succeeded: [30, 27], meanMs: [1000, 1000] } },
      }),
      resources: {
        target: samplesOf(instants(-5000, MINUTE + 10_000, 5000), {
          residentBytes: (atMs) => (atMs < 0 || atMs > MINUTE ? 9e9 : 100e6 + atMs),
          cpuSeconds: (atMs) => 10 + atMs / 10_000,
        }),
        process: samplesOf([0, 5000], { residentBytes: () => 1, cpuShare: () => 0.5 }),
      },
    }),
  );
  const named = (scope: string) => parts.filter((part) => part.scope === scope);

  test('an excerpt of a run has every part with durations', () => {
    assert.deepEqual(
      parts.map(({ scope, name }) => `${scope} ${name}`.trim()),
      ['total', 'phase hold', 'endpoint GET /items/:id', 'flow order', 'step order › pay'],
    );
  });

  test('an excerpt of a run has the errors of requests and the successes of flows and steps', () => {
    assert.deepEqual(named('endpoint')[0]?.hits, { of: 'errors', count: 6, trials: 600 });
    assert.deepEqual(named('step')[0]?.hits, { of: 'successes', count: 57, trials: 60 });
  });

  test('an excerpt of a run has rates per second', () => {
    assert.deepEqual(
      parts.map(({ perS }) => perS),
      [1000 / 60, 1000 / 60, 10, 1, null],
    );
  });

  test('an excerpt of a run has the period of a phase', () =>
    assert.deepEqual(named('phase')[0]?.stretch, { startMs: 0, endMs: MINUTE }));

  test('an excerpt of a run has the window columns that a comparison needs', () => {
    assert.deepEqual(excerpt.windows?.p95, [100, null]);
    assert.deepEqual(excerpt.windows?.flows, { order: { iterations: [30, 30], succeeded: [30, 27] } });
  });

  test('an excerpt of a run has mean resources during the load, from the preferred probe', () => {
    const { memory, cpu, poolConnections } = excerpt.resources;
    assert.equal(memory, 100e6 + MINUTE / 2);
    // Six seconds of CPU time for 1,000 requests are 6 ms per request.
    assert.ok(Math.abs((cpu ?? 0) - 6) < 1e-9);
    assert.equal(poolConnections, null);
  });

  test('an excerpt of a run has the circumstances of the run, without the URL of a local service', () => {
    assert.deepEqual(excerpt.circumstances, {
      environment: 'local',
      'label instance': 't3.small',
      commit: 'abc',
      suite: '1.0.0',
      k6: '2.2.0',
      machine: 'linux, 2 cores, 4.0 GiB',
    });
    assert.equal(
      excerptOf(evidenceOf({ run: { environment: 'staging' } })).circumstances.target,
      'http://127.0.0.1:4010',
    );
  });
});

test('an excerpt has the settings of the reference service, except settings that are also labels', () => {
  const { circumstances } = excerptOf(
    evidenceOf({
      run: { targetSettings: { DB_POOL_MAX: '20', DB_QUERY_HOLD_MS: '50' }, labels: { DB_POOL_MAX: '20' } },
    }),
  );
  assert.equal(circumstances['label DB_POOL_MAX'], '20');
  assert.equal(circumstances['setting DB_QUERY_HOLD_MS'], '50');
  assert.ok(!('setting DB_POOL_MAX' in circumstances));
});

test('an excerpt has the CPU time from the process probe if the target reports none', () => {
  const { cpu } = excerptOf(
    evidenceOf({ resources: { process: samplesOf([0, 5000], { cpuShare: () => 0.05 }) } }),
  ).resources;
  // 5 % of two cores for a minute are 6 s of CPU time for 1,000 requests.
  assert.ok(Math.abs((cpu ?? 0) - 6) < 1e-9);
});
