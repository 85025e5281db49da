import path from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import {
  type Comparison,
  type ComparisonOutcome,
  DEFAULT_FLOORS,
  type Floors,
} from '../../lib/core/comparison/index.ts';
import { comparisonDocument } from '../report/compare/comparison-document.ts';
import { comparisonReport } from '../report/compare/terminal.ts';
import { formatNamesFor, REPORT_FORMATS, type ReportSource, rendererOf } from '../report/formats.ts';
import { writeJobSummary } from '../report/write-reports.ts';
import { writeFileAtomically } from '../results/run-folder.ts';
import { EXIT } from '../support/problem.ts';
import { fromWhereTyped, processEnvironment } from './environment.ts';

/** Formats of a comparison, each chosen by the ending of a file. */
const NAMES = formatNamesFor('comparison');
const endingOf = (file: string) => path.extname(file).toLowerCase();
const formatOf = (file: string) =>
  NAMES.find((name) => endingOf(REPORT_FORMATS[name].file) === endingOf(file));
const ENDINGS = NAMES.map((name) => endingOf(REPORT_FORMATS[name].file)).join(', ');

/** What everything that ends in a comparison takes. */
export interface ComparisonOptions {
  floorPercent: number;
  floorPoints: number;
  all?: boolean;
  output?: string[];
}

export function withComparisonOptions(command: Command): Command {
  return command
    .option(
      '--floor-percent <percent>',
      'least change of a duration, throughput or resource that matters',
      amount,
      DEFAULT_FLOORS.relative * 100,
    )
    .option(
      '--floor-points <points>',
      'least change of a rate that matters, in percentage points',
      amount,
      DEFAULT_FLOORS.points * 100,
    )
    .option('--all', 'show every row')
    .option(
      '-o, --output <file>',
      `keep it as a file too: ${ENDINGS} by its ending; may be given several times`,
      collectOutput,
    );
}

export const floorsOf = ({ floorPercent, floorPoints }: ComparisonOptions): Floors => ({
  ...DEFAULT_FLOORS,
  relative: floorPercent / 100,
  points: floorPoints / 100,
});

const EXIT_CODES: Record<ComparisonOutcome, number> = {
  worse: EXIT.failed,
  "can't tell": EXIT.undecided,
  better: EXIT.ok,
  same: EXIT.ok,
};

/** Tells a person, leaves the files that were asked for and a job summary where there is one, and sets the exit code. */
export async function present(
  comparison: Comparison,
  { all = false, output = [] }: ComparisonOptions,
): Promise<void> {
  process.exitCode = EXIT_CODES[comparison.outcome];
  process.stdout.write(comparisonReport(comparison, all));
  const source: ReportSource = { comparison, document: () => comparisonDocument(comparison) };
  for (const file of output) {
    const format = formatOf(file);
    const render = format && rendererOf(format, source);
    if (render) await writeFileAtomically(fromWhereTyped(file), await render());
  }
  for (const problem of await writeJobSummary(source, processEnvironment))
    process.stderr.write(`${problem}\n`);
}

function amount(text: string): number {
  const number = Number(text);
  if (text === '' || !(number >= 0 && number <= 1000))
    throw new InvalidArgumentError('It takes a number from 0 on.');
  return number;
}

function collectOutput(file: string, before: string[] = []): string[] {
  if (!formatOf(file)) throw new InvalidArgumentError(`It takes a file that ends with ${ENDINGS}.`);
  return [...before, file];
}
