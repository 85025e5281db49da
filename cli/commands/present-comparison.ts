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
import { fromUserFolder, processEnvironment } from './environment.ts';

/** The report formats of a comparison. The extension of an output file selects its format. */
const NAMES = formatNamesFor('comparison');
const endingOf = (file: string) => path.extname(file).toLowerCase();
const formatOf = (file: string) => NAMES.find((name) => endingOf(REPORT_FORMATS[name].file) === endingOf(file));
const ENDINGS = NAMES.map((name) => endingOf(REPORT_FORMATS[name].file)).join(', ');

/** Command-line options of commands that compare runs. */
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
      'smallest relevant change of durations, throughput and resources',
      amount,
      DEFAULT_FLOORS.relative * 100,
    )
    .option(
      '--floor-points <points>',
      'smallest relevant change of rates, in percentage points',
      amount,
      DEFAULT_FLOORS.points * 100,
    )
    .option('--all', 'show every row')
    .option('-o, --output <file>', `also write the comparison to a file (${ENDINGS}); can be repeated`, collectOutput);
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

/** Prints a comparison, writes its output files and the job summary, and sets the exit code of the process. */
export async function present(comparison: Comparison, { all = false, output = [] }: ComparisonOptions): Promise<void> {
  process.exitCode = EXIT_CODES[comparison.outcome];
  process.stdout.write(comparisonReport(comparison, all));
  const source: ReportSource = { comparison, document: () => comparisonDocument(comparison) };
  for (const file of output) {
    const format = formatOf(file);
    const render = format && rendererOf(format, source);
    if (render) await writeFileAtomically(fromUserFolder(file), await render());
  }
  for (const problem of await writeJobSummary(source, processEnvironment)) process.stderr.write(`${problem}\n`);
}

function amount(text: string): number {
  const number = Number(text);
  if (text === '' || !(number >= 0 && number <= 1000))
    throw new InvalidArgumentError('Expected a number from 0 to 1000.');
  return number;
}

function collectOutput(file: string, before: string[] = []): string[] {
  if (!formatOf(file)) throw new InvalidArgumentError(`Expected a file name that ends with ${ENDINGS}.`);
  return [...before, file];
}
