import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { V1Pod, V1PodStatus } from '@kubernetes/client-node';
import { summaryWith } from '../../../lib/core/testing/evidence.ts';
import { endOfGenerator, type GeneratorState, splitLog } from './pod-end.ts';

const pod = (status: V1PodStatus): V1Pod => ({ metadata: { name: 'shop-peak-1-x7f2q' }, status });
const ended = (exitCode: number, reason?: string): V1Pod =>
  pod({
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    containerStatuses: [
      {
        name: 'k6',
        image: '',
        imageID: '',
        ready: false,
        restartCount: 0,
        state: { terminated: { exitCode, ...(reason && { reason }) } },
      },
    ],
  });
const observed = (parts: Partial<GeneratorState>): GeneratorState => ({
  stage: 'started',
  pod: undefined,
  hadPod: false,
  waitedMs: 1000,
  ...parts,
});
const HOUR_MS = 3_600_000;

describe('how a generator ended', () => {
  const cases: [what: string, Partial<GeneratorState>, outcome: string | null, reason?: RegExp][] = [
    ['the operator has not seen its test', { stage: null }, null],
    ['there is no pod yet', { stage: 'created' }, null],
    ['its pod is pending', { pod: pod({ phase: 'Pending' }) }, null],
    ['it runs', { pod: pod({ phase: 'Running' }), waitedMs: HOUR_MS }, null],
    ['it runs, and the TestRun was deleted', { pod: pod({ phase: 'Running' }), stage: undefined }, null],
    ['completed', { pod: ended(0) }, 'completed'],
    ['with failed thresholds', { pod: ended(99) }, 'completed'],
    ['with an exception', { pod: ended(107) }, 'crashed', /^an exception in the code of the test$/],
    ['aborted by the test', { pod: ended(108) }, 'aborted', /^the test aborted itself$/],
    ['killed', { pod: ended(137, 'Error') }, 'crashed', /^k6 ended with exit code 137$/],
    ['without memory', { pod: ended(137, 'OOMKilled') }, 'crashed', /--memory$/],
    [
      'evicted',
      { pod: pod({ phase: 'Failed', reason: 'Evicted', message: 'The node was low on memory.' }) },
      'crashed',
      /^its pod ended: Evicted The node was low on memory\.$/,
    ],
    ['failed without a reason', { pod: pod({ phase: 'Failed' }) }, 'crashed', /without a reason$/],
    ['deleted', { hadPod: true }, 'crashed', /^its pod was deleted$/],
    [
      'its TestRun deleted before there was a pod',
      { stage: undefined },
      'crashed',
      /^its TestRun was deleted$/,
    ],
    ['its pod missing after the test', { stage: 'finished' }, 'crashed', /^its pod is gone$/],
    [
      'never seen by an operator',
      { stage: null, waitedMs: HOUR_MS },
      'crashed',
      /Check that it is installed/,
    ],
    [
      'never scheduled',
      {
        stage: 'created',
        waitedMs: HOUR_MS,
        pod: pod({
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }],
        }),
      },
      'crashed',
      /^its pod did not start: 0\/3 nodes are available$/,
    ],
  ];
  for (const [what, parts, outcome, reason] of cases) {
    test(what, () => {
      const end = endOfGenerator(observed(parts));
      assert.equal(end?.outcome ?? null, outcome);
      assert.match(end?.reason ?? '', reason ?? /^$/);
    });
  }
});

describe('the log of a pod', () => {
  const warning = '{"level":"warning","msg":"slow"}';
  const summary = summaryWith({ requests: 7 });
  const line = JSON.stringify(summary);
  const cases: [what: string, text: string, ReturnType<typeof splitLog>][] = [
    ['nothing', '', { summary: null, lines: [] }],
    ['a summary at the end', `${warning}\n${line}\n`, { summary, lines: [warning] }],
    ['a summary followed by other lines', `${line}\n${warning}\n`, { summary, lines: [warning] }],
    [
      'a summary that was cut',
      `${warning}\n${line.slice(0, -5)}`,
      { summary: null, lines: [warning, line.slice(0, -5)] },
    ],
  ];
  for (const [what, text, expected] of cases) {
    test(what, () => {
      assert.deepEqual(splitLog(text), expected);
    });
  }
});
