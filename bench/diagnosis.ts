/**
 * Measures how often diagnoses are correct. Runs a test with each fault of the reference service, and tests without a
 * fault.
 *
 *     npm run bench:diagnosis                            runs each fault once, about 9 minutes
 *     npm run bench:diagnosis -- --repeat 3
 *     npm run bench:diagnosis -- --only small-pool,none  runs only these faults
 *     npm run bench:diagnosis -- --results /tmp/runs     stores the results in this folder
 *
 * Each run is a short booking test that uses the same code as `npm run test:…`. For each fault, prints how often each
 * cause was the first diagnosis. Fails if the first diagnosis is correct in fewer than 90 % of the runs with a fault,
 * or if a run without a fault has a diagnosis.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { watchSignals } from '../cli/run/interruption.ts';
import { Problem } from '../cli/support/problem.ts';
import { FAULT_CASES, type FaultCase, HEALTHY, type ScaledTest } from './diagnosis/cases.ts';
import { runWithFault } from './diagnosis/run.ts';
import { runInTemporaryFolder } from './temporary-folder.ts';

const MIN_CORRECT_SHARE = 0.9;
const HEALTHY_NAME = 'none';

const { values } = parseArgs({
  options: {
    repeat: { type: 'string', default: '1' },
    only: { type: 'string' },
    results: { type: 'string' },
  },
});
const only = values.only?.split(',');
const isSelected = (fault: string) => only === undefined || only.includes(fault);

interface FaultResult {
  fault: string;
  test: string;
  expected: string;
  /** Number of runs for each cause that was the first diagnosis of a run. */
  firstCauses: Map<string, number>;
}

const NO_DIAGNOSIS = 'nothing';
const planned: { load: ScaledTest; fault: FaultCase | null; row: FaultResult }[] = [
  ...(isSelected(HEALTHY_NAME) ? HEALTHY : []).map((load) => ({
    load,
    fault: null,
    row: { fault: HEALTHY_NAME, test: load.test, expected: NO_DIAGNOSIS, firstCauses: new Map() },
  })),
  ...FAULT_CASES.filter(({ fault }) => isSelected(fault)).map((fault) => ({
    load: fault.load,
    fault,
    row: { fault: fault.fault, test: fault.load.test, expected: fault.cause, firstCauses: new Map() },
  })),
];

const startedAt = performance.now();
await runInTemporaryFolder('diagnosis', async (folder) => {
  if (planned.length === 0)
    throw new Problem(
      `--only must be a comma-separated list of: ${[HEALTHY_NAME, ...FAULT_CASES.map(({ fault }) => fault)].join(', ')}.`,
    );
  const folders = { data: path.join(folder, 'data'), results: values.results ?? path.join(folder, 'results') };
  using interruption = watchSignals();
  for (let round = 0; round < Number(values.repeat); round++) {
    for (const { load, fault, row } of planned) {
      const { diagnosis, verdict } = await runWithFault(load, fault, folders, interruption);
      interruption.stop.throwIfAborted();
      const cause = diagnosis[0]?.cause ?? NO_DIAGNOSIS;
      row.firstCauses.set(cause, (row.firstCauses.get(cause) ?? 0) + 1);
      const causes = diagnosis.map(({ cause, confidence }) => `${cause} ${confidence.toFixed(2)}`).join(', ');
      process.stderr.write(
        `${cause === row.expected ? ' ' : '✗'} ${row.fault} (${row.test}): ${causes || NO_DIAGNOSIS}; ${verdict.decision}\n`,
      );
    }
  }

  printMatrix(planned.map(({ row }) => row));
  const faulty = planned.filter(({ fault }) => fault !== null).map(({ row }) => row);
  const healthy = planned.filter(({ fault }) => fault === null).map(({ row }) => row);
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(
    `\n${countText(faulty)} runs with a fault diagnosed correctly, ${countText(healthy)} healthy runs without a diagnosis, in ${seconds.toFixed(0)} s\n`,
  );
  const share = faulty.length === 0 ? 1 : correctRuns(faulty) / totalRuns(faulty);
  process.exitCode = share >= MIN_CORRECT_SHARE && correctRuns(healthy) === totalRuns(healthy) ? 0 : 1;
});

function totalRuns(rows: readonly FaultResult[]): number {
  return rows.reduce(
    (sum, { firstCauses }) => sum + [...firstCauses.values()].reduce((total, runs) => total + runs, 0),
    0,
  );
}

function correctRuns(rows: readonly FaultResult[]): number {
  return rows.reduce((sum, { expected, firstCauses }) => sum + (firstCauses.get(expected) ?? 0), 0);
}

function countText(rows: readonly FaultResult[]): string {
  return `${correctRuns(rows)} of ${totalRuns(rows)}`;
}

/**
 * Prints a table with one row per fault and one column per cause. Each cell is the number of runs with this fault whose
 * first diagnosis was this cause.
 */
function printMatrix(rows: readonly FaultResult[]): void {
  const causes = [...new Set(rows.flatMap(({ expected, firstCauses }) => [expected, ...firstCauses.keys()]))];
  const width = Math.max(...rows.map(({ fault, test }) => `${fault} (${test})`.length));
  const cell = (text: string) => text.padStart(4);
  process.stdout.write('\n');
  for (const [i, cause] of causes.entries()) process.stdout.write(`${cell(String(i + 1))}  ${cause}\n`);
  process.stdout.write(`\n${' '.repeat(width)}${causes.map((_, i) => cell(String(i + 1))).join('')}\n`);
  for (const { fault, test, expected, firstCauses } of rows) {
    const cells = causes.map((cause) => cell(String(firstCauses.get(cause) ?? (cause === expected ? '–' : '·'))));
    process.stdout.write(`${`${fault} (${test})`.padEnd(width)}${cells.join('')}\n`);
  }
}
