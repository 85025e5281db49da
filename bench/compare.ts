/**
 * Measures how often comparisons raise false alarms, and how often they detect real changes.
 *
 *     npm run bench:compare                            4 to 6 minutes
 *     npm run bench:compare -- --results /tmp/runs     keeps the runs there, or uses existing runs
 *
 * Short runs of the peak test against the reference service, unchanged and with every request slower by a tenth and by
 * a fifth, in turn. All ways to put runs of the same service against each other are compared, and as many against the
 * slower ones; and runs that are resampled from their windows. Fails if, with three runs per
 * side, more than 1 % of comparisons of the same service raise an alarm, or less than 95 % detect the slowdown of a fifth.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { comparableExcerpt } from '../cli/compare/side.ts';
import { alignColumns } from '../cli/report/format.ts';
import { readResult, runFilePath } from '../cli/results/run-folder.ts';
import { watchSignals } from '../cli/run/interruption.ts';
import { COMPARISON_OUTCOMES, type ComparisonOutcome, compare, type Excerpt } from '../lib/core/comparison/index.ts';
import { mean, type Random, seededRandom } from '../lib/core/numbers/index.ts';
import { CONTENDERS, type ContenderName, realRuns } from './compare/real-runs.ts';
import { resampledRuns } from './compare/resampled-runs.ts';
import { runInTemporaryFolder } from './temporary-folder.ts';

const MAX_FALSE_ALARM_RATE = 0.01;
const MIN_DETECTION_RATE = 0.95;
const JUDGED_RUNS_PER_SIDE = 3;

/** Comparisons of a kind: as many as there are ways, up to this. */
const MAX_COMPARISONS = 300;
/** Drawn of each contender; enough for comparisons to hardly ever share runs. */
const RESAMPLED_RUNS = 200;

const DESIGNS: readonly [reference: number, candidate: number][] = [
  [3, 3],
  [3, 1],
  [1, 1],
];

type Pool = Record<ContenderName, Excerpt[]>;

interface DesignResult {
  source: string;
  design: (typeof DESIGNS)[number];
  contender: ContenderName;
  outcomes: Record<ComparisonOutcome, number>;
  comparisons: number;
}

const { values } = parseArgs({ options: { results: { type: 'string' } } });
const startedAt = performance.now();
await runInTemporaryFolder('compare', async (folder) => {
  using interruption = watchSignals();
  const folders = await realRuns(
    { data: path.join(folder, 'data'), results: values.results ?? path.join(folder, 'results') },
    interruption,
  );
  const random = seededRandom(1);
  const real = await poolOf(async (name) =>
    Promise.all(folders[name].map(async (one) => comparableExcerpt(await readResult(runFilePath(one, 'result'))))),
  );
  const resampled = await poolOf((name) => resampledRuns(folders[name], RESAMPLED_RUNS, random));
  const lines = [...designResults('real runs', real, random), ...designResults('resampled runs', resampled, random)];
  print(lines);
  printNoise(real.same);
  process.stdout.write(`in ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
  process.exitCode = lines.every(meetsLimits) ? 0 : 1;
});

async function poolOf(of: (name: ContenderName) => Promise<Excerpt[]>): Promise<Pool> {
  return { same: await of('same'), tenth: await of('tenth'), fifth: await of('fifth') };
}

function designResults(source: string, pool: Pool, random: Random): DesignResult[] {
  return DESIGNS.flatMap((design) =>
    (Object.keys(CONTENDERS) as ContenderName[]).map((contender) => {
      const pairs = pairsOf(pool, contender, design, random);
      const outcomes = Object.fromEntries(
        COMPARISON_OUTCOMES.map((outcome) => [outcome, 0]),
      ) as DesignResult['outcomes'];
      for (const [reference, candidate] of pairs) outcomes[compare(reference, candidate).outcome] += 1;
      return { source, design, contender, outcomes, comparisons: pairs.length };
    }),
  );
}

/** Different ways to put runs of a contender against runs of the unchanged service; no run is on both sides. */
function pairsOf(
  pool: Pool,
  contender: ContenderName,
  [reference, candidate]: DesignResult['design'],
  random: Random,
): [Excerpt[], Excerpt[]][] {
  const pairs = new Map<string, [Excerpt[], Excerpt[]]>();
  // More tries than there are ways find nearly all of them.
  for (let attempts = 0; attempts < 20 * MAX_COMPARISONS && pairs.size < MAX_COMPARISONS; attempts++) {
    const before = draw(pool.same, reference, random);
    const after = draw(
      pool[contender].filter((one) => !before.includes(one)),
      candidate,
      random,
    );
    const indexes = (side: Excerpt[], of: Excerpt[]) =>
      side
        .map((one) => of.indexOf(one))
        .sort()
        .join();
    const sideKeys = [indexes(before, pool.same), indexes(after, pool[contender])];
    // The same two sides the other way round are the same comparison of the same.
    const key = (contender === 'same' ? sideKeys.sort() : sideKeys).join(' ');
    if (!pairs.has(key)) pairs.set(key, [before, after]);
  }
  return [...pairs.values()];
}

function draw(from: readonly Excerpt[], count: number, random: Random): Excerpt[] {
  const remaining = [...from];
  return Array.from({ length: count }, () => remaining.splice(Math.floor(random() * remaining.length), 1)).flat();
}

function meetsLimits({ design, contender, outcomes, comparisons }: DesignResult): boolean {
  if (Math.min(...design) < JUDGED_RUNS_PER_SIDE) return true;
  if (contender === 'same') return (outcomes.worse + outcomes.better) / comparisons <= MAX_FALSE_ALARM_RATE;
  return contender !== 'fifth' || outcomes.worse / comparisons >= MIN_DETECTION_RATE;
}

/** A busy machine makes runs differ so much that nothing can be seen: then these are large. */
function printNoise(runs: readonly Excerpt[]): void {
  const spread = (['p50', 'p95', 'p99'] as const).map((name) => {
    const logarithms = runs.flatMap(({ parts }) => Math.log(parts[0]?.[name] ?? Number.NaN));
    const center = mean(logarithms);
    const variance = logarithms.reduce((sum, one) => sum + (one - center) ** 2, 0) / (runs.length - 1);
    return `${name} ${(Math.sqrt(variance) * 100).toFixed(1)} %`;
  });
  process.stdout.write(`\nruns of the same service differ by (standard deviation): ${spread.join(', ')}\n`);
}

function print(lines: readonly DesignResult[]): void {
  const share = (count: number, of: number) => `${((count / of) * 100).toFixed(1)} %`;
  const rows = lines.map((line) => [
    meetsLimits(line) ? '' : '✗',
    line.source,
    line.design.join(' against '),
    CONTENDERS[line.contender].name,
    String(line.comparisons),
    ...COMPARISON_OUTCOMES.map((outcome) => share(line.outcomes[outcome], line.comparisons)),
  ]);
  const header = ['', 'from', 'runs', 'candidate', 'comparisons', ...COMPARISON_OUTCOMES];
  process.stdout.write(`\n${alignColumns([header, ...rows], 4).join('\n')}\n`);
}
