import type { Evidence, Generator, RunOutcome } from '../evidence/index.ts';
import { formatDuration, formatExactValue, formatPercent, pluralize } from '../numbers/index.ts';

/** With more dropped iterations than this share, the load differs from the planned load. */
const MAX_DROPPED_SHARE = 0.001;
/** A closed workload must reach this share of its VUs. */
const MIN_VUS_SHARE = 0.99;
/** If k6 uses more than this share of all cores, its response times include its own queueing. */
export const MAX_GENERATOR_CPU_SHARE = 0.9;
export const MAX_SATURATED_SAMPLES_SHARE = 0.25;
/** Maximum difference between the request counts of telemetry and of k6's own summary. */
const MAX_LOST_SHARE = 0.001;

/**
 * Returns the number of iterations that k6 dropped because no VU was free, and their share of all scheduled iterations.
 * Returns null if the share is small enough.
 */
export function droppedLoad({ generator, totals }: Evidence): { iterations: number; share: number } | null {
  const { droppedIterations: iterations } = generator;
  const share = iterations / Math.max(1, totals.iterations + iterations);
  return share > MAX_DROPPED_SHARE ? { iterations, share } : null;
}

/** Returns the numbers of started and planned VUs of a closed workload; null if enough VUs started. */
export function missingVUs({
  generator: { vusMax, vusPlanned },
}: Evidence): { started: number; planned: number } | null {
  return vusMax < vusPlanned * MIN_VUS_SHARE ? { started: vusMax, planned: vusPlanned } : null;
}

/**
 * Returns the number of samples in which k6 used nearly all cores, and the number of all samples. Returns null if such
 * samples are too rare to matter.
 */
export function generatorSaturation({
  generator,
}: Pick<Evidence, 'generator'>): { saturated: number; total: number } | null {
  const cpu = (generator.samples.columns.cpuShare ?? []).filter((value) => value !== null);
  const saturated = cpu.filter((value) => value > MAX_GENERATOR_CPU_SHARE).length;
  return cpu.length > 3 && saturated / cpu.length > MAX_SATURATED_SAMPLES_SHARE
    ? { saturated, total: cpu.length }
    : null;
}

interface NamedGenerator extends Generator {
  name: string;
  /** Number of requests according to telemetry. */
  requests: number;
}

/** Returns each generator with its name. A single generator is called k6. */
const namedGenerators = ({ generator, generators, totals }: Evidence): NamedGenerator[] =>
  generators ?? [{ ...generator, name: 'k6', requests: totals.requests }];

/** Returns a suffix that describes each affected generator, or an empty string if the run has only one generator. */
function perGenerator({ generators = [] }: Evidence, describe: (generator: Generator) => string | null): string {
  const descriptions = generators.flatMap((generator) => {
    const description = describe(generator);
    return description === null ? [] : [`${generator.name} ${description}`];
  });
  return descriptions.length === 0 ? '' : `: ${descriptions.join(', ')}`;
}

const namesOf = (items: readonly { name: string }[]) => items.map(({ name }) => name).join(', ');

/** Generators may start this many windows apart, because their clocks and exports differ slightly. */
const MAX_LATE_WINDOWS = 2;

/**
 * Generators that started well after the first one, so that the full load was never present at the same time. The start
 * is derived from the last export of a generator and the duration of its test: it started no earlier than that.
 */
function lateGenerators({ generators = [], windows }: Evidence): { name: string; lateMs: number }[] {
  const firstMs = Math.min(...generators.map(({ startMs }) => startMs ?? Infinity));
  const windowMs = Math.max(0, ...windows.durationMs);
  return generators
    .map(({ name, endMs, durationMs }) => ({
      name,
      lateMs: (endMs ?? 0) - (durationMs ?? Infinity) - firstMs,
    }))
    .filter(({ lateMs }) => lateMs > MAX_LATE_WINDOWS * windowMs);
}

/** Lists the reasons why the data of a run cannot support a verdict. The list is empty for a valid run. */
export function reasonsInvalid(evidence: Evidence): string[] {
  return RULES.flatMap((rule) => rule(evidence) ?? []);
}

type Rule = (evidence: Evidence) => string | null;

/** Describes why a run did not complete. */
export const OUTCOME_SENTENCES: Record<Exclude<RunOutcome, 'completed'>, string> = {
  'stopped-early': 'the run was stopped early',
  aborted: 'the run was aborted',
  crashed: 'the run crashed',
  interrupted: 'the run was interrupted',
};

/** Restricts a rule to runs that completed. */
const ifCompleted =
  (rule: Rule): Rule =>
  (evidence) =>
    evidence.run.outcome === 'completed' ? rule(evidence) : null;

const RULES: Rule[] = [
  ({ run }) =>
    run.outcome === 'completed' || run.outcome === 'stopped-early'
      ? null
      : `${OUTCOME_SENTENCES[run.outcome]}: ${run.outcomeReason ?? 'reason unknown'}`,

  ifCompleted(({ totals }) => (totals.requests === 0 ? 'no request was sent, or no telemetry arrived' : null)),

  // If handleSummary throws, k6 only logs the error and exits successfully.
  ifCompleted((evidence) => {
    const withoutSummary = namedGenerators(evidence).filter(({ requestsByK6 }) => requestsByK6 === null);
    return withoutSummary.length > 0
      ? `${namesOf(withoutSummary)} wrote no summary, so nothing confirms that the telemetry is complete`
      : null;
  }),

  ({ generators = [] }) => {
    const missing = generators.filter(({ startMs }) => startMs === null);
    return missing.length > 0 ? `generators missing: no telemetry arrived from ${namesOf(missing)}` : null;
  },

  ifCompleted((evidence) => {
    const late = lateGenerators(evidence);
    return late.length > 0
      ? `load not delivered at the same time: ${late.map(({ name, lateMs }) => `${name} started ${formatDuration(lateMs)} after the first generator`).join('; ')}`
      : null;
  }),

  ({ totals, statuses }) =>
    totals.requests > 0 && statuses['0'] === totals.requests
      ? 'the target was never reached: no request got a response'
      : null,

  ifCompleted((evidence) => {
    const dropped = droppedLoad(evidence);
    return (
      dropped &&
      `load not delivered: ${pluralize(dropped.iterations, 'iteration')} dropped (${formatPercent(dropped.share)})${perGenerator(evidence, ({ droppedIterations }) => (droppedIterations > 0 ? String(droppedIterations) : null))}`
    );
  }),

  ifCompleted((evidence) => {
    const missing = missingVUs(evidence);
    return (
      missing &&
      `load not delivered: ${missing.started} of ${missing.planned} VUs started${perGenerator(evidence, ({ vusMax, vusPlanned }) => (vusMax < vusPlanned ? `${vusMax} of ${vusPlanned}` : null))}`
    );
  }),

  ifCompleted(({ bursts }) => {
    const incomplete = bursts.find(({ vus, began }) => began < vus) ?? null;
    return (
      incomplete &&
      `load not delivered: ${incomplete.began} of ${incomplete.vus} VUs started in the burst ${incomplete.phase}`
    );
  }),

  (evidence) => {
    const busy = [{ ...evidence.generator, name: 'k6' }, ...(evidence.generators ?? [])].flatMap(
      ({ name, ...generator }) => {
        const saturation = generatorSaturation({ generator });
        return saturation
          ? [
              `${name} used more than ${formatExactValue(MAX_GENERATOR_CPU_SHARE, 'fraction')} of all cores in ${saturation.saturated} of ${saturation.total} samples`,
            ]
          : [];
      },
    );
    return busy.length > 0 ? `generator saturated: ${busy.join('; ')}` : null;
  },

  (evidence) => {
    const incomplete = namedGenerators(evidence).flatMap(({ name, requestsByK6, requests }) =>
      requestsByK6 !== null && Math.abs(requestsByK6 - requests) > requestsByK6 * MAX_LOST_SHARE
        ? [`${name} counted ${requestsByK6} requests, but telemetry has ${requests}`]
        : [],
    );
    return incomplete.length > 0 ? `telemetry incomplete: ${incomplete.join('; ')}` : null;
  },

  ({ generator }) =>
    generator.telemetryOverflowed
      ? 'telemetry overflowed: there were more tag combinations than k6 can keep separate'
      : null,
];
