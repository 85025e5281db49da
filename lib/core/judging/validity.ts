import type { Evidence, Generator, RunOutcome } from '../evidence/index.ts';
import { formatDuration, formatExactValue, formatPercent, pluralize } from '../numbers/index.ts';

/** More dropped iterations than this share of all, and the load was not the one that was asked for. */
const MAX_DROPPED_SHARE = 0.001;
/** A closed workload has to have reached this share of its VUs. */
const MIN_VUS_SHARE = 0.99;
/** With k6 above this share of all cores, its own queueing is in the response times. */
export const MAX_GENERATOR_CPU_SHARE = 0.9;
export const MAX_SATURATED_SAMPLES_SHARE = 0.25;
/** Telemetry and k6's own summary are two counts of the same requests. */
const MAX_LOST_SHARE = 0.001;

/**
 * Iterations that k6 never began because no VU was free, and their share of all that were due; null where the load was
 * delivered.
 */
export function droppedLoad({ generator, totals }: Evidence): { iterations: number; share: number } | null {
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

/** In how many samples k6 used nearly all of the machine; null where that was too seldom to matter. */
export function generatorSaturation({
  generator,
}: Pick<Evidence, 'generator'>): { samples: number; of: number } | null {
  const cpu = (generator.samples.columns.cpuShare ?? []).filter((value) => value !== null);
  const samples = cpu.filter((value) => value > MAX_GENERATOR_CPU_SHARE).length;
  return cpu.length > 3 && samples / cpu.length > MAX_SATURATED_SAMPLES_SHARE
    ? { samples, of: cpu.length }
    : null;
}

/** One generator by itself, which a reason calls by name. */
interface Named extends Generator {
  name: string;
  /** By telemetry. */
  requests: number;
}

/** Each generator by itself: where there is one, it is k6. */
const eachOf = ({ generator, generators, totals }: Evidence): Named[] =>
  generators ?? [{ ...generator, name: 'k6', requests: totals.requests }];

/** Which of several it is about, and what is to be said of each. */
function among({ generators = [] }: Evidence, tell: (generator: Generator) => string | null): string {
  const told = generators.flatMap((one) => {
    const what = tell(one);
    return what === null ? [] : [`${one.name} ${what}`];
  });
  return told.length === 0 ? '' : `: ${told.join(', ')}`;
}

const namesOf = (some: readonly { name: string }[]) => some.map(({ name }) => name).join(', ');

/** By how many windows one may begin later than the first of them: less is how far their clocks and exports differ. */
const LATE_WINDOWS = 2;

/**
 * Generators whose part of the test began well after another had put load on: then the whole of it was never there at
 * once. One exports for the last time when its test ends at the latest, and says how long that took: so it began no
 * earlier than that long before.
 */
function lateGenerators({ generators = [], windows }: Evidence): { name: string; lateMs: number }[] {
  const firstMs = Math.min(...generators.map(({ startMs }) => startMs ?? Infinity));
  const windowMs = Math.max(0, ...windows.durationMs);
  return generators
    .map(({ name, endMs, durationMs }) => ({
      name,
      lateMs: (endMs ?? 0) - (durationMs ?? Infinity) - firstMs,
    }))
    .filter(({ lateMs }) => lateMs > LATE_WINDOWS * windowMs);
}

/** Reasons for which a run can support no verdict; none for one that can. */
export function reasonsInvalid(evidence: Evidence): string[] {
  return RULES.flatMap((rule) => rule(evidence) ?? []);
}

type Rule = (evidence: Evidence) => string | null;

/** What is said of a run that did not come to its end. */
export const OUTCOME_SENTENCES: Record<Exclude<RunOutcome, 'completed'>, string> = {
  aborted: 'the run was aborted',
  crashed: 'the run crashed',
  interrupted: 'the run was interrupted',
};

/** What only a run can be held against that came to its end. */
const ofCompleted =
  (rule: Rule): Rule =>
  (evidence) =>
    evidence.run.outcome === 'completed' ? rule(evidence) : null;

const RULES: Rule[] = [
  ({ run }) =>
    run.outcome === 'completed'
      ? null
      : `${OUTCOME_SENTENCES[run.outcome]}: ${run.outcomeReason ?? 'no reason is known'}`,

  ofCompleted(({ totals }) =>
    totals.requests === 0 ? 'no request was sent, or no telemetry arrived' : null,
  ),

  // What handleSummary throws is logged by k6, which then ends as if all were well.
  ofCompleted((evidence) => {
    const silent = eachOf(evidence).filter(({ requestsByK6 }) => requestsByK6 === null);
    return silent.length > 0
      ? `${namesOf(silent)} wrote no summary: nothing shows whether the telemetry is complete`
      : null;
  }),

  ({ generators = [] }) => {
    const missing = generators.filter(({ startMs }) => startMs === null);
    return missing.length > 0 ? `generators missing: no telemetry of ${namesOf(missing)} arrived` : null;
  },

  ofCompleted((evidence) => {
    const late = lateGenerators(evidence);
    return late.length > 0
      ? `load not delivered at once: ${late.map(({ name, lateMs }) => `${name} began ${formatDuration(lateMs)} after the first generator`).join('; ')}`
      : null;
  }),

  ({ totals, statuses }) =>
    totals.requests > 0 && statuses['0'] === totals.requests
      ? 'the target was never reached: no request got an answer'
      : null,

  ofCompleted((evidence) => {
    const dropped = droppedLoad(evidence);
    return (
      dropped &&
      `load not delivered: ${pluralize(dropped.iterations, 'iteration')} dropped (${formatPercent(dropped.share)})${among(evidence, ({ droppedIterations }) => (droppedIterations > 0 ? String(droppedIterations) : null))}`
    );
  }),

  ofCompleted((evidence) => {
    const missing = missingVUs(evidence);
    return (
      missing &&
      `load not delivered: ${missing.had} of ${missing.of} VUs${among(evidence, ({ vusMax, vusPlanned }) => (vusMax < vusPlanned ? `${vusMax} of ${vusPlanned}` : null))}`
    );
  }),

  // Fewer VUs came at once than were to.
  ofCompleted(({ bursts }) => {
    const thin = bursts.find(({ vus, began }) => began < vus) ?? null;
    return thin && `load not delivered: ${thin.began} of ${thin.vus} VUs began the burst ${thin.phase}`;
  }),

  (evidence) => {
    const busy = [{ ...evidence.generator, name: 'k6' }, ...(evidence.generators ?? [])].flatMap(
      ({ name, ...generator }) => {
        const times = generatorSaturation({ generator });
        return times
          ? [
              `${name} used more than ${formatExactValue(MAX_GENERATOR_CPU_SHARE, 'fraction')} of all cores in ${times.samples} of ${times.of} samples`,
            ]
          : [];
      },
    );
    return busy.length > 0 ? `generator saturated: ${busy.join('; ')}` : null;
  },

  (evidence) => {
    const incomplete = eachOf(evidence).flatMap(({ name, requestsByK6, requests }) =>
      requestsByK6 !== null && Math.abs(requestsByK6 - requests) > requestsByK6 * MAX_LOST_SHARE
        ? [`${name} counted ${requestsByK6} requests, telemetry ${requests}`]
        : [],
    );
    return incomplete.length > 0 ? `telemetry incomplete: ${incomplete.join('; ')}` : null;
  },

  ({ generator }) =>
    generator.telemetryOverflowed ? 'telemetry overflowed: more sets of tags than k6 keeps apart' : null,
];
