import type { BurstFigures, Evidence, RunOutcome } from './result.ts';

/** More dropped iterations than this share of all, and the load was not the one that was asked for. */
const MAX_DROPPED_SHARE = 0.001;
/** A closed workload has to have reached this share of its VUs. */
const MIN_VUS_SHARE = 0.99;
/** With k6 above this share of all cores, its own queueing is in the response times. */
export const MAX_GENERATOR_CPU = 0.9;
const SATURATED_SAMPLES_SHARE = 0.25;
/** Telemetry and k6's own summary are two counts of the same requests. */
const MAX_LOST_SHARE = 0.001;

/** Iterations that k6 never began because no VU was free, as a share of all that were due. */
export interface Dropped {
  iterations: number;
  share: number;
}

/** Null where the load was delivered. */
export function droppedLoad({ generator, totals }: Evidence): Dropped | null {
  const { droppedIterations: iterations } = generator;
  const share = iterations / Math.max(1, totals.iterations + iterations);
  return share > MAX_DROPPED_SHARE ? { iterations, share } : null;
}

/** Null where a closed workload had all the VUs that it was to have. */
export function missingVUs({
  generator: { vusMax, vusPlanned },
}: Evidence): { had: number; of: number } | null {
  return vusMax < vusPlanned * MIN_VUS_SHARE ? { had: vusMax, of: vusPlanned } : null;
}

/** Bursts of which some VU never began: fewer came at once than were to. Null where all did. */
function thinBurst({ bursts }: Evidence): BurstFigures | null {
  return bursts.find(({ vus, began }) => began < vus) ?? null;
}

/** In how many samples k6 used nearly all of the machine; null where that was too seldom to matter. */
export function busyGenerator({ generator }: Evidence): { samples: number; of: number } | null {
  const cpu = (generator.samples.columns.cpuShare ?? []).filter((value) => value !== null);
  const samples = cpu.filter((value) => value > MAX_GENERATOR_CPU).length;
  return cpu.length > 3 && samples / cpu.length > SATURATED_SAMPLES_SHARE
    ? { samples, of: cpu.length }
    : null;
}

/** Reasons for which a run can support no verdict; none for one that can. */
export function invalidity(evidence: Evidence): string[] {
  return RULES.flatMap((rule) => rule(evidence) ?? []);
}

type Rule = (evidence: Evidence) => string | null;

const OUTCOMES: Record<Exclude<RunOutcome, 'completed'>, string> = {
  aborted: 'the run was aborted',
  crashed: 'the run crashed',
  interrupted: 'the run was interrupted',
};

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

const RULES: Rule[] = [
  ({ run }) =>
    run.outcome === 'completed'
      ? null
      : `${OUTCOMES[run.outcome]}: ${run.outcomeReason ?? 'no reason is known'}`,

  ({ run, totals }) =>
    run.outcome === 'completed' && totals.requests === 0
      ? 'no request was sent, or no telemetry arrived'
      : null,

  // What handleSummary throws is logged by k6, which then ends as if all were well.
  ({ run, generator }) =>
    run.outcome === 'completed' && generator.requestsByK6 === null
      ? 'k6 wrote no summary: nothing shows whether the telemetry is complete'
      : null,

  ({ totals, statuses }) =>
    totals.requests > 0 && statuses['0'] === totals.requests
      ? 'the target was never reached: no request got an answer'
      : null,

  (evidence) => {
    const dropped = evidence.run.outcome === 'completed' ? droppedLoad(evidence) : null;
    return (
      dropped &&
      `load not delivered: ${dropped.iterations} ${dropped.iterations === 1 ? 'iteration' : 'iterations'} dropped (${percent(dropped.share)})`
    );
  },

  (evidence) => {
    const missing = evidence.run.outcome === 'completed' ? missingVUs(evidence) : null;
    return missing && `load not delivered: ${missing.had} of ${missing.of} VUs`;
  },

  (evidence) => {
    const thin = evidence.run.outcome === 'completed' ? thinBurst(evidence) : null;
    return thin && `load not delivered: ${thin.began} of ${thin.vus} VUs began the burst ${thin.phase}`;
  },

  (evidence) => {
    const busy = busyGenerator(evidence);
    return (
      busy &&
      `generator saturated: k6 used more than ${percent(MAX_GENERATOR_CPU)} of all cores in ${busy.samples} of ${busy.of} samples`
    );
  },

  ({ totals, generator: { requestsByK6 } }) => {
    if (requestsByK6 === null) return null;
    const lost = Math.abs(requestsByK6 - totals.requests);
    return lost > requestsByK6 * MAX_LOST_SHARE
      ? `telemetry incomplete: k6 counted ${requestsByK6} requests, telemetry ${totals.requests}`
      : null;
  },

  ({ generator }) =>
    generator.telemetryOverflowed ? 'telemetry overflowed: more sets of tags than k6 keeps apart' : null,
];
