import path from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { type Comparison, FLOORS, type Floors, type Outcome } from '../../lib/core/across-runs/index.ts';
import { comparisonDocument } from '../report/compare/document.ts';
import { comparisonReport } from '../report/compare/terminal.ts';
import { notesOf } from '../report/compare/words.ts';
import { toMarkdown } from '../report/markdown.ts';
import { writeWhole } from '../results/store.ts';
import { EXIT } from '../support/problem.ts';
import { fromWhereTyped, processEnvironment } from './environment.ts';

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
      FLOORS.relative * 100,
    )
    .option(
      '--floor-points <points>',
      'least change of a rate that matters, in percentage points',
      amount,
      FLOORS.points * 100,
    )
    .option('--all', 'show every row')
    .option(
      '-o, --output <file>',
      `keep it as a file too: ${Object.keys(FORMS).join(', ')} by its ending; may be given several times`,
      collectOutput,
    );
}

export const floorsOf = ({ floorPercent, floorPoints }: ComparisonOptions): Floors => ({
  ...FLOORS,
  relative: floorPercent / 100,
  points: floorPoints / 100,
});

const EXIT_CODES: Record<Outcome, number> = {
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
  for (const file of output) await writeWhole(fromWhereTyped(file), await FORMS[formOf(file)](comparison));
  await leaveJobSummary(comparison);
}

/** Where GitHub takes one. What reports are made with takes time to load that a comparison need not spend elsewhere. */
async function leaveJobSummary(comparison: Comparison): Promise<void> {
  if (!processEnvironment.GITHUB_STEP_SUMMARY) return;
  const { leaveFiles } = await import('../report/leave.ts');
  const { problems } = await leaveFiles('', [], () => comparisonDocument(comparison), processEnvironment);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
}

const FORMS = {
  '.html': async (comparison: Comparison) => {
    const { toHtml } = await import('../report/html/index.ts');
    return toHtml(comparisonDocument(comparison));
  },
  '.md': (comparison: Comparison) => toMarkdown(comparisonDocument(comparison)),
  '.json': (comparison: Comparison) => `${JSON.stringify(forPrograms(comparison), null, 1)}\n`,
};

const formOf = (file: string) => path.extname(file).toLowerCase() as keyof typeof FORMS;

/** All that was found out, without the figures of the runs that it was found in. */
function forPrograms(comparison: Comparison) {
  const { outcome, unit, floors, reference, candidate, because, ladder, rows, circumstances, notInEveryRun } =
    comparison;
  const ids = (side: Comparison['reference']) => side.map(({ id }) => id);
  return {
    outcome,
    because,
    ladder,
    unit,
    floors,
    reference: ids(reference),
    candidate: ids(candidate),
    circumstances,
    notInEveryRun,
    rows,
    notes: notesOf(comparison),
  };
}

function amount(text: string): number {
  const number = Number(text);
  if (text === '' || !(number >= 0 && number <= 1000))
    throw new InvalidArgumentError('It takes a number from 0 on.');
  return number;
}

function collectOutput(file: string, before: string[] = []): string[] {
  if (!(formOf(file) in FORMS))
    throw new InvalidArgumentError(`It takes a file that ends with ${Object.keys(FORMS).join(', ')}.`);
  return [...before, file];
}
