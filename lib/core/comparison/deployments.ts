import { type Capacity, type Ladder, REQUESTS_FAIL_ISSUE, type Rung } from '../evidence/index.ts';
import { mean } from '../numbers/index.ts';
import { type Excerpt, LABEL_PREFIX } from './excerpt.ts';

/** One side of a ladder comparison. Figures of several runs are combined, mostly by their mean. */
export interface Deployment {
  /** The labels that differ between the sides, such as `mode=cluster`. */
  name: string;
  rungs: Rung[];
  /**
   * Largest number of users with which the deployment met all criteria; null if a criterion failed with every number of
   * users.
   */
  carried: number | null;
  processes: number;
  /** CPU cores of the deployment's machine; null if unknown. */
  cores: number | null;
  /** Capacity estimate; null for several runs. */
  capacity: Capacity | null;
  connections: Ladder['connections'];
  errors: Ladder['errors'];
}

type Side = readonly Excerpt[];

/** Returns null if a run is not a ladder. */
export function deploymentsOf(reference: Side, candidate: Side): [Deployment, Deployment] | null {
  const [before, after] = [laddersOf(reference), laddersOf(candidate)];
  if (!before || !after) return null;
  const labels = differingLabels(reference, candidate);
  return [
    deploymentOf(nameOf(reference, labels) || 'reference', before),
    deploymentOf(nameOf(candidate, labels) || 'candidate', after),
  ];
}

const laddersOf = (side: Side): [Ladder, ...Ladder[]] | null => {
  const [first, ...rest] = side.flatMap(({ ladder }) => ladder ?? []);
  return first && rest.length + 1 === side.length ? [first, ...rest] : null;
};

function deploymentOf(name: string, ladders: readonly [Ladder, ...Ladder[]]): Deployment {
  const [first] = ladders;
  const isSingle = ladders.length === 1;
  const carried = ladders.map((ladder) => ladder.carried);
  return {
    name,
    rungs: first.rungs.map((rung) => meanRung(rungsOf(ladders, rung))),
    carried: carried.includes(null) ? null : Math.min(...carried.map((users) => users ?? 0)),
    processes: Math.min(...ladders.map(({ processes }) => processes)),
    cores: first.cores,
    capacity: isSingle ? first.capacity : null,
    connections: first.connections,
    errors: first.errors,
  };
}

const rungsOf = (ladders: readonly Ladder[], { phase }: Rung): Rung[] =>
  ladders.flatMap(({ rungs }) => rungs.filter((rung) => rung.phase === phase));

function meanRung(rungs: readonly Rung[]): Rung {
  const [first] = rungs as [Rung, ...Rung[]];
  if (rungs.length === 1) return first;
  const average = (select: (rung: Rung) => number | null) => {
    const known = rungs.flatMap((rung) => select(rung) ?? []);
    return known.length === 0 ? null : mean(known);
  };
  const pools = rungs.flatMap(({ pool }) => pool ?? []);
  const poolMean = (key: keyof NonNullable<Rung['pool']>) => mean(pools.map((pool) => pool[key]));
  const kinds = [...new Set(rungs.flatMap(({ errors }) => Object.keys(errors)))] as (keyof Rung['errors'])[];
  return {
    ...first,
    success: average(({ success }) => success),
    p95Ms: average(({ p95Ms }) => p95Ms),
    p99Ms: average(({ p99Ms }) => p99Ms),
    perS: mean(rungs.map(({ perS }) => perS)),
    cores: average(({ cores }) => cores),
    busy: Math.min(...rungs.map(({ busy }) => busy)),
    cpuMs: average(({ cpuMs }) => cpuMs),
    lagMs: average(({ lagMs }) => lagMs),
    pool:
      pools.length === 0 ? null : { max: poolMean('max'), active: poolMean('active'), waiting: poolMean('waiting') },
    errors: Object.fromEntries(kinds.map((kind) => [kind, mean(rungs.map(({ errors }) => errors[kind] ?? 0))])),
    broken: rungs.some(({ broken }) => broken),
    issue: issueOf(rungs),
  };
}

/**
 * Joins the issues of all runs. Leaves out the general issue of failed requests if another issue explains the failures.
 */
function issueOf(rungs: readonly Rung[]): string | null {
  const issues = [...new Set(rungs.flatMap(({ issue }) => issue ?? []))];
  const specific = issues.filter((issue) => issue !== REQUESTS_FAIL_ISSUE);
  return (specific.length > 0 ? specific : issues).join('; ') || null;
}

const labelValues = (side: Side, label: string): string =>
  [...new Set(side.flatMap(({ circumstances }) => circumstances[label] ?? []))].join(', ');

function differingLabels(reference: Side, candidate: Side): string[] {
  const names = [...reference, ...candidate].flatMap(({ circumstances }) => Object.keys(circumstances));
  return [...new Set(names)].filter(
    (name) => name.startsWith(LABEL_PREFIX) && labelValues(reference, name) !== labelValues(candidate, name),
  );
}

const nameOf = (side: Side, labels: readonly string[]): string =>
  labels
    .flatMap((label) => {
      const value = labelValues(side, label);
      return value === '' ? [] : [`${label.slice(LABEL_PREFIX.length)}=${value}`];
    })
    .join(', ');
