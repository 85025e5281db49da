/**
 * Measures how often comparisons raise false alarms, and how often they detect real changes.
 *
 *     npm run bench:compare                            4 to 6 minutes
 *     npm run bench:compare -- --results /tmp/runs     stores runs in this folder, or reuses its runs
 *
 * Runs short peak tests against three variants of the reference service: unchanged, 10 % slower and 20 % slower.
 * Compares many combinations of the runs, and many combinations of simulated runs that are resampled from the windows
 * of the real runs. Only comparisons with three runs per side are judged. Fails if more than 1 % of the comparisons of
 * the unchanged service with itself report a change, or if fewer than 95 % detect the service that is 20 % slower.
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

/** Maximum number of comparisons for each variant of the service and each number of runs per side. */
const MAX_COMPARISONS = 300;
/** Number of simulated runs per variant of the service: enough that two comparisons rarely share a run. */
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
    Promise.all(
      folders[name].map(async (folder) => comparableExcerpt(await readResult(runFilePath(folder, 'result')))),
    ),
  );
  const resampled = await poolOf((name) => resampledRuns(folders[name], RESAMPLED_RUNS, random));
  const lines = [...designResults('real runs', real, random), ...designResults('resampled runs', resampled, random)];
  print(lines);
  printNoise(real.same);
  process.stdout.write(`in ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
  process.exitCode = lines.every(meetsLimits) ? 0 : 1;
});

async function poolOf(runsOf: (name: ContenderName) => Promise<Excerpt[]>): Promise<Pool> {
  return { same: await runsOf('same'), tenth: await runsOf('tenth'), fifth: await runsOf('fifth') };
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

/**
 * Returns pairs to compare: random runs of the unchanged service, and random runs of a contender. No two pairs are
 * equal, and no run is on both sides of a pair.
 */
function pairsOf(
  pool: Pool,
  contender: ContenderName,
  [reference, candidate]: DesignResult['design'],
  random: Random,
): [Excerpt[], Excerpt[]][] {
  const pairs = new Map<string, [Excerpt[], Excerpt[]]>();
  // Make enough attempts to find nearly all combinations.
  for (let attempts = 0; attempts < 20 * MAX_COMPARISONS && pairs.size < MAX_COMPARISONS; attempts++) {
    const before = draw(pool.same, reference, random);
    const after = draw(
      pool[contender].filter((run) => !before.includes(run)),
      candidate,
      random,
    );
    const indexes = (side: Excerpt[], runs: Excerpt[]) =>
      side
        .map((run) => runs.indexOf(run))
        .sort()
        .join();
    const sideKeys = [indexes(before, pool.same), indexes(after, pool[contender])];
    // If both sides are runs of the unchanged service, swapping the sides does not make a different comparison.
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

/**
 * Prints how much the runs of the unchanged service differ. On a busy machine, runs differ too much to detect a change.
 */
function printNoise(runs: readonly Excerpt[]): void {
  const spread = (['p50', 'p95', 'p99'] as const).map((name) => {
    const logarithms = runs.flatMap(({ parts }) => Math.log(parts[0]?.[name] ?? Number.NaN));
    const center = mean(logarithms);
    const variance = logarithms.reduce((sum, logarithm) => sum + (logarithm - center) ** 2, 0) / (runs.length - 1);
    return `${name} ${(Math.sqrt(variance) * 100).toFixed(1)} %`;
  });
  process.stdout.write(`\nruns of the same service differ by (standard deviation): ${spread.join(', ')}\n`);
}

function print(lines: readonly DesignResult[]): void {
  const share = (count: number, total: number) => `${((count / total) * 100).toFixed(1)} %`;
  const rows = lines.map((line) => [
    meetsLimits(line) ? '' : '✗',
    line.source,
    line.design.join(' against '),
    CONTENDERS[line.contender].name,
    String(line.comparisons),
    ...COMPARISON_OUTCOMES.map((outcome) => share(line.outcomes[outcome], line.comparisons)),
  ]);
  const header = ['', 'source', 'runs', 'candidate', 'comparisons', ...COMPARISON_OUTCOMES];
  process.stdout.write(`\n${alignColumns([header, ...rows], 4).join('\n')}\n`);
}
