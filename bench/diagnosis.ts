/**
 * Measures how often diagnoses are right, with each fault of the reference service in turn and with none.
 *
 *     npm run bench:diagnosis                            each fault once, about 9 minutes
 *     npm run bench:diagnosis -- --repeat 3
 *     npm run bench:diagnosis -- --only small-pool,none  only these faults
 *     npm run bench:diagnosis -- --results /tmp/runs     keeps the results there
 *
 * Each run is a short booking test, through the same code as `npm run test:…`. Prints the first diagnosis beside the
 * fault. Fails if fewer than 9 of 10 diagnoses are right, or a healthy run has one.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { watchSignals } from '../cli/run/interruption.ts';
import { Problem } from '../cli/support/problem.ts';
import { CASES, type Case, HEALTHY, type Load } from './diagnosis/cases.ts';
import { runUnder } from './diagnosis/run.ts';
import { inFolder } from './in-folder.ts';

const LEAST_SHARE = 0.9;
const HEALTHY_NAME = 'none';

const { values } = parseArgs({
  options: {
    repeat: { type: 'string', default: '1' },
    only: { type: 'string' },
    results: { type: 'string' },
  },
});
const only = values.only?.split(',');
const isWanted = (fault: string) => only === undefined || only.includes(fault);

interface Row {
  fault: string;
  test: string;
  expected: string;
  /** How often each cause was the first diagnosis. */
  first: Map<string, number>;
}

const NOTHING = 'nothing';
const planned: { load: Load; fault: Case | null; row: Row }[] = [
  ...(isWanted(HEALTHY_NAME) ? HEALTHY : []).map((load) => ({
    load,
    fault: null,
    row: { fault: HEALTHY_NAME, test: load.test, expected: NOTHING, first: new Map() },
  })),
  ...CASES.filter(({ fault }) => isWanted(fault)).map((fault) => ({
    load: fault.load,
    fault,
    row: { fault: fault.fault, test: fault.load.test, expected: fault.cause, first: new Map() },
  })),
];

const startedAt = performance.now();
await inFolder('diagnosis', async (folder) => {
  if (planned.length === 0)
    throw new Problem(
      `--only must be a comma-separated list of: ${[HEALTHY_NAME, ...CASES.map(({ fault }) => fault)].join(', ')}.`,
    );
  const place = { data: path.join(folder, 'data'), results: values.results ?? path.join(folder, 'results') };
  using interruption = watchSignals();
  for (let round = 0; round < Number(values.repeat); round++) {
    for (const { load, fault, row } of planned) {
      const { diagnosis, verdict } = await runUnder(load, fault, place, interruption);
      interruption.stop.throwIfAborted();
      const cause = diagnosis[0]?.cause ?? NOTHING;
      row.first.set(cause, (row.first.get(cause) ?? 0) + 1);
      const causes = diagnosis.map(({ cause, confidence }) => `${cause} ${confidence.toFixed(2)}`).join(', ');
      process.stderr.write(
        `${cause === row.expected ? ' ' : '✗'} ${row.fault} (${row.test}): ${causes || NOTHING}; ${verdict.decision}\n`,
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
  const share = faulty.length === 0 ? 1 : rightOf(faulty) / runsOf(faulty);
  process.exitCode = share >= LEAST_SHARE && rightOf(healthy) === runsOf(healthy) ? 0 : 1;
});

function runsOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { first }) => sum + [...first.values()].reduce((all, times) => all + times, 0), 0);
}

function rightOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { expected, first }) => sum + (first.get(expected) ?? 0), 0);
}

function countText(rows: readonly Row[]): string {
  return `${rightOf(rows)} of ${runsOf(rows)}`;
}

/** One row per fault, one column per first diagnosis. Omits columns without a diagnosis. */
function printMatrix(rows: readonly Row[]): void {
  const causes = [...new Set(rows.flatMap(({ expected, first }) => [expected, ...first.keys()]))];
  const width = Math.max(...rows.map(({ fault, test }) => `${fault} (${test})`.length));
  const cell = (text: string) => text.padStart(4);
  process.stdout.write('\n');
  for (const [i, cause] of causes.entries()) process.stdout.write(`${cell(String(i + 1))}  ${cause}\n`);
  process.stdout.write(`\n${' '.repeat(width)}${causes.map((_, i) => cell(String(i + 1))).join('')}\n`);
  for (const { fault, test, expected, first } of rows) {
    const cells = causes.map((cause) => cell(String(first.get(cause) ?? (cause === expected ? '–' : '·'))));
    process.stdout.write(`${`${fault} (${test})`.padEnd(width)}${cells.join('')}\n`);
  }
}
