import type { Evidence, RunOutcome } from './result.ts';

/** More dropped iterations than this share of all, and the load was not the one that was asked for. */
const MAX_DROPPED_SHARE = 0.001;
/** A closed workload has to have reached this share of its VUs. */
const MIN_VUS_SHARE = 0.99;
/** With k6 above this share of all cores, its own queueing is in the response times. */
const MAX_GENERATOR_CPU = 0.9;
const SATURATED_SAMPLES_SHARE = 0.25;
/** Telemetry and k6's own summary are two counts of the same requests. */
const MAX_LOST_SHARE = 0.001;

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

  ({ run, generator, totals }) => {
    const { droppedIterations } = generator;
    const share = droppedIterations / Math.max(1, totals.iterations + droppedIterations);
    return run.outcome === 'completed' && share > MAX_DROPPED_SHARE
      ? `load not delivered: ${droppedIterations} ${droppedIterations === 1 ? 'iteration' : 'iterations'} dropped (${percent(share)})`
      : null;
  },

  ({ run, generator }) => {
    const { vusMax, vusPlanned } = generator;
    return run.outcome === 'completed' && vusMax < vusPlanned * MIN_VUS_SHARE
      ? `load not delivered: ${vusMax} of ${vusPlanned} VUs`
      : null;
  },

  ({ generator }) => {
    const cpu = (generator.samples.columns.cpuShare ?? []).filter((value) => value !== null);
    const saturated = cpu.filter((value) => value > MAX_GENERATOR_CPU);
    return cpu.length > 3 && saturated.length / cpu.length > SATURATED_SAMPLES_SHARE
      ? `generator saturated: k6 used more than ${percent(MAX_GENERATOR_CPU)} of all cores in ${saturated.length} of ${cpu.length} samples`
      : null;
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
