import type { V1Pod } from '@kubernetes/client-node';
import { SUMMARY_VERSION, type Summary } from '../../../lib/core/telemetry/index.ts';
import { exitOfCode, type K6Exit } from '../../run/k6-process.ts';
import type { Stage } from './cluster.ts';

/** The time within which k6-operator must pick up a TestRun. Normally, the operator does so immediately. */
const UNSEEN_TIMEOUT_MS = 60_000;
/** The time within which pods must be scheduled, pull their image and initialize their VUs. */
const START_TIMEOUT_MS = 15 * 60_000;

/** The state of one generator in the cluster. */
export interface GeneratorState {
  /**
   * The stage of the generator's TestRun; null if the operator has not seen the TestRun yet; undefined if the TestRun
   * no longer exists.
   */
  stage: Stage | null | undefined;
  pod: V1Pod | undefined;
  /** Whether a pod of the generator was found in an earlier poll. */
  hadPod: boolean;
  /** The time since the TestRun was created, in ms. */
  waitedMs: number;
}

const crashed = (reason: string): K6Exit => ({ outcome: 'crashed', reason });

/** Returns how a generator ended; null if it has not ended. */
export function endOfGenerator({ stage, pod, hadPod, waitedMs }: GeneratorState): K6Exit | null {
  const phase = pod?.status?.phase;
  if (pod && (phase === 'Succeeded' || phase === 'Failed')) return endOfPod(pod);
  if (!pod && hadPod) return crashed('the pod of the generator was deleted');
  if (!pod && stage === undefined) return crashed('the TestRun of the generator was deleted');
  if (!pod && (stage === 'stopped' || stage === 'finished'))
    return crashed('the pod of the generator no longer exists');
  if (stage === null && waitedMs > UNSEEN_TIMEOUT_MS)
    return crashed('k6-operator has not seen the TestRun. Check that it is installed and watches this namespace');
  if (phase !== 'Running' && waitedMs > START_TIMEOUT_MS)
    return crashed(`the pod of the generator did not start: ${waitingFor(pod)}`);
  return null;
}

function endOfPod({ status }: V1Pod): K6Exit {
  if (status?.reason) return crashed(`the pod of the generator ended: ${status.reason} ${status.message ?? ''}`.trim());
  const unpacking = status?.initContainerStatuses?.find(({ state }) => state?.terminated?.exitCode);
  if (unpacking) return crashed(`${unpacking.name} failed in the pod of the generator`);
  const { exitCode, reason } = status?.containerStatuses?.[0]?.state?.terminated ?? {};
  if (reason === 'OOMKilled') return crashed('the pod of the generator ran out of memory. Increase --memory');
  return exitCode === undefined ? crashed('the pod of the generator ended without a reason') : exitOfCode(exitCode);
}

function waitingFor(pod: V1Pod | undefined): string {
  const waiting = pod?.status?.containerStatuses?.find(({ state }) => state?.waiting)?.state?.waiting;
  const unscheduled = pod?.status?.conditions?.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  return waiting?.message ?? waiting?.reason ?? unscheduled?.message ?? 'the cluster gives no reason';
}

/** Splits the log of a pod into k6's summary and all other lines. */
export function splitLog(text: string): { summary: Summary | null; lines: string[] } {
  const lines = text.split('\n').filter((line) => line !== '');
  const index = lines.findLastIndex((line) => line.startsWith(SUMMARY_BEGINS));
  const summary = index < 0 ? null : summaryIn(lines[index] as string);
  return { summary, lines: summary ? lines.toSpliced(index, 1) : lines };
}

const SUMMARY_BEGINS = `{"schemaVersion":${SUMMARY_VERSION},`;

function summaryIn(line: string): Summary | null {
  try {
    return JSON.parse(line) as Summary;
  } catch {
    return null;
  }
}
