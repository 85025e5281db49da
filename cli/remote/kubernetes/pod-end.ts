import type { V1Pod } from '@kubernetes/client-node';
import { SUMMARY_VERSION, type Summary } from '../../../lib/core/telemetry/index.ts';
import { exitOfCode, type K6Exit } from '../../run/k6-process.ts';
import type { Stage } from './cluster.ts';

/** How long the operator may take to see a TestRun: it looks at each at once. */
const UNSEEN_TIMEOUT_MS = 60_000;
/** How long pods may take to be scheduled, to get their image and to make their VUs. */
const START_TIMEOUT_MS = 15 * 60_000;

/** What a look at the cluster shows of one generator. */
export interface GeneratorState {
  /** Of its TestRun: null before the operator has seen it, undefined where there is none any more. */
  stage: Stage | null | undefined;
  pod: V1Pod | undefined;
  /** There was a pod before. */
  hadPod: boolean;
  /** Since the TestRun was created. */
  waitedMs: number;
}

const crashed = (reason: string): K6Exit => ({ outcome: 'crashed', reason });

/** How a generator ended; null while it has not. */
export function endOfGenerator({ stage, pod, hadPod: seen, waitedMs }: GeneratorState): K6Exit | null {
  const phase = pod?.status?.phase;
  if (pod && (phase === 'Succeeded' || phase === 'Failed')) return endOfPod(pod);
  if (!pod && seen) return crashed('its pod was deleted');
  if (!pod && stage === undefined) return crashed('its TestRun was deleted');
  if (!pod && (stage === 'stopped' || stage === 'finished')) return crashed('its pod is gone');
  if (stage === null && waitedMs > UNSEEN_TIMEOUT_MS)
    return crashed(
      'k6-operator has not seen the TestRun: is it installed, and does it watch this namespace?',
    );
  if (phase !== 'Running' && waitedMs > START_TIMEOUT_MS)
    return crashed(`its pod did not start: ${waitingFor(pod)}`);
  return null;
}

function endOfPod({ status }: V1Pod): K6Exit {
  if (status?.reason) return crashed(`its pod ended: ${status.reason} ${status.message ?? ''}`.trim());
  const unpacking = status?.initContainerStatuses?.find(({ state }) => state?.terminated?.exitCode);
  if (unpacking) return crashed(`${unpacking.name} failed in its pod`);
  const { exitCode, reason } = status?.containerStatuses?.[0]?.state?.terminated ?? {};
  if (reason === 'OOMKilled') return crashed('its pod ran out of memory: give it more by --memory');
  return exitCode === undefined ? crashed('its pod ended without saying why') : exitOfCode(exitCode);
}

function waitingFor(pod: V1Pod | undefined): string {
  const waiting = pod?.status?.containerStatuses?.find(({ state }) => state?.waiting)?.state?.waiting;
  const unscheduled = pod?.status?.conditions?.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  return waiting?.message ?? waiting?.reason ?? unscheduled?.message ?? 'nobody says why';
}

/** The log of a pod, and what k6 printed into it at the end. */
export function splitLog(text: string): { summary: Summary | null; lines: string[] } {
  const lines = text.split('\n').filter((line) => line !== '');
  const place = lines.findLastIndex((line) => line.startsWith(SUMMARY_BEGINS));
  const summary = place < 0 ? null : summaryIn(lines[place] as string);
  return { summary, lines: summary ? lines.toSpliced(place, 1) : lines };
}

const SUMMARY_BEGINS = `{"schemaVersion":${SUMMARY_VERSION},`;

function summaryIn(line: string): Summary | null {
  try {
    return JSON.parse(line) as Summary;
  } catch {
    return null;
  }
}
