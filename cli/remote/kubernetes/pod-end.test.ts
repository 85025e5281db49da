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

describe('endOfGenerator', () => {
  const cases: [what: string, Partial<GeneratorState>, outcome: string | null, reason?: RegExp][] = [
    ['returns null before the operator has seen the TestRun', { stage: null }, null],
    ['returns null before there is a pod', { stage: 'created' }, null],
    ['returns null while the pod is pending', { pod: pod({ phase: 'Pending' }) }, null],
    [
      'returns null while the pod runs, however long it runs',
      { pod: pod({ phase: 'Running' }), waitedMs: HOUR_MS },
      null,
    ],
    [
      'returns null while the pod runs, even if the TestRun was deleted',
      { pod: pod({ phase: 'Running' }), stage: undefined },
      null,
    ],
    ['reports exit code 0 as completed', { pod: ended(0) }, 'completed'],
    ['reports failed thresholds as completed', { pod: ended(99) }, 'completed'],
    ['reports an exception in the test', { pod: ended(107) }, 'crashed', /^an exception in the code of the test$/],
    ['reports a test that aborted itself', { pod: ended(108) }, 'aborted', /^the test aborted itself$/],
    ['reports the exit code of a killed pod', { pod: ended(137, 'Error') }, 'crashed', /^k6 ended with exit code 137$/],
    [
      'advises more memory for a pod that was killed for lack of memory',
      { pod: ended(137, 'OOMKilled') },
      'crashed',
      /--memory$/,
    ],
    [
      'reports why a pod was evicted',
      { pod: pod({ phase: 'Failed', reason: 'Evicted', message: 'The node was low on memory.' }) },
      'crashed',
      /^the pod of the generator ended: Evicted The node was low on memory\.$/,
    ],
    ['reports a pod that failed without a reason', { pod: pod({ phase: 'Failed' }) }, 'crashed', /without a reason$/],
    ['reports a deleted pod', { hadPod: true }, 'crashed', /^the pod of the generator was deleted$/],
    [
      'reports a TestRun that was deleted before there was a pod',
      { stage: undefined },
      'crashed',
      /^the TestRun of the generator was deleted$/,
    ],
    [
      'reports that the pod is missing after the TestRun has finished',
      { stage: 'finished' },
      'crashed',
      /^the pod of the generator no longer exists$/,
    ],
    [
      'reports that no operator has picked up the TestRun in time',
      { stage: null, waitedMs: HOUR_MS },
      'crashed',
      /Check that it is installed/,
    ],
    [
      'reports why a pod was not scheduled in time',
      {
        stage: 'created',
        waitedMs: HOUR_MS,
        pod: pod({
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }],
        }),
      },
      'crashed',
      /^the pod of the generator did not start: 0\/3 nodes are available$/,
    ],
  ];
  for (const [what, parts, outcome, reason] of cases) {
    test(`endOfGenerator ${what}`, () => {
      const end = endOfGenerator(observed(parts));
      assert.equal(end?.outcome ?? null, outcome);
      assert.match(end?.reason ?? '', reason ?? /^$/);
    });
  }
});

describe('splitLog', () => {
  const warning = '{"level":"warning","msg":"slow"}';
  const summary = summaryWith({ requests: 7 });
  const line = JSON.stringify(summary);
  const cases: [what: string, text: string, ReturnType<typeof splitLog>][] = [
    ['returns nothing for an empty log', '', { summary: null, lines: [] }],
    ['finds a summary at the end', `${warning}\n${line}\n`, { summary, lines: [warning] }],
    ['finds a summary followed by other lines', `${line}\n${warning}\n`, { summary, lines: [warning] }],
    [
      'treats an incomplete summary as a log line',
      `${warning}\n${line.slice(0, -5)}`,
      { summary: null, lines: [warning, line.slice(0, -5)] },
    ],
  ];
  for (const [what, text, expected] of cases) {
    test(`splitLog ${what}`, () => {
      assert.deepEqual(splitLog(text), expected);
    });
  }
});
