import { type Capacity, type Ladder, REQUESTS_FAIL_ISSUE, type Rung } from '../evidence/index.ts';
import { mean } from '../numbers/index.ts';
import { type Excerpt, LABEL_PREFIX } from './excerpt.ts';

/** One side of a comparison of ladders. Of several runs, means. */
export interface Deployment {
  /** By the labels that tell the sides apart: `mode=cluster`. */
  name: string;
  rungs: Rung[];
  carried: number | null;
  processes: number;
  /** Of its machine; null where nobody knows. */
  cores: number | null;
  /** Of a single run. */
  capacity: Capacity | null;
  connections: Ladder['connections'];
  errors: Ladder['errors'];
}

type Side = readonly Excerpt[];

/** Null where a run is of no ladder. */
export function deploymentsOf(reference: Side, candidate: Side): [Deployment, Deployment] | null {
  const [before, after] = [laddersOf(reference), laddersOf(candidate)];
  if (!before || !after) return null;
  const labels = labelsThatDiffer(reference, candidate);
  return [
    deploymentOf(nameOf(reference, labels) || 'reference', before),
    deploymentOf(nameOf(candidate, labels) || 'candidate', after),
  ];
}

const laddersOf = (side: Side): [Ladder, ...Ladder[]] | null => {
  const [first, ...others] = side.flatMap(({ ladder }) => ladder ?? []);
  return first && others.length + 1 === side.length ? [first, ...others] : null;
};

function deploymentOf(name: string, ladders: readonly [Ladder, ...Ladder[]]): Deployment {
  const [first] = ladders;
  const isSingle = ladders.length === 1;
  const carried = ladders.map((one) => one.carried);
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
  ladders.flatMap(({ rungs }) => rungs.filter((one) => one.phase === phase));

function meanRung(rungs: readonly Rung[]): Rung {
  const [first, ...others] = rungs as [Rung, ...Rung[]];
  if (others.length === 0) return first;
  const average = (of: (rung: Rung) => number | null) => {
    const known = rungs.flatMap((rung) => of(rung) ?? []);
    return known.length === 0 ? null : mean(known);
  };
  const pools = rungs.flatMap(({ pool }) => pool ?? []);
  const ofPool = (key: keyof NonNullable<Rung['pool']>) => mean(pools.map((pool) => pool[key]));
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
      pools.length === 0
        ? null
        : { max: ofPool('max'), active: ofPool('active'), waiting: ofPool('waiting') },
    errors: Object.fromEntries(
      kinds.map((kind) => [kind, mean(rungs.map(({ errors }) => errors[kind] ?? 0))]),
    ),
    broken: rungs.some(({ broken }) => broken),
    issue: issueOf(rungs),
  };
}

/** Those that runs have; that requests fail says nothing beside one that says why. */
function issueOf(rungs: readonly Rung[]): string | null {
  const issues = [...new Set(rungs.flatMap(({ issue }) => issue ?? []))];
  const telling = issues.filter((issue) => issue !== REQUESTS_FAIL_ISSUE);
  return (telling.length > 0 ? telling : issues).join('; ') || null;
}

const toldBy = (side: Side, label: string): string =>
  [...new Set(side.flatMap(({ circumstances }) => circumstances[label] ?? []))].join(', ');

function labelsThatDiffer(reference: Side, candidate: Side): string[] {
  const names = [...reference, ...candidate].flatMap(({ circumstances }) => Object.keys(circumstances));
  return [...new Set(names)].filter(
    (name) => name.startsWith(LABEL_PREFIX) && toldBy(reference, name) !== toldBy(candidate, name),
  );
}

const nameOf = (side: Side, labels: readonly string[]): string =>
  labels
    .flatMap((label) => {
      const value = toldBy(side, label);
      return value === '' ? [] : [`${label.slice(LABEL_PREFIX.length)}=${value}`];
    })
    .join(', ');
