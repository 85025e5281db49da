import { Command } from 'commander';
import { compare, type Excerpt, reasonsNotComparable } from '../../lib/core/comparison/index.ts';
import { loadSide, lookupFolders, parseRunNames } from '../compare/side.ts';
import { Problem } from '../support/problem.ts';
import { userFolder } from './environment.ts';
import {
  type ReferencesOption,
  type ResultsOption,
  withReferencesOption,
  withResultsOption,
} from './folder-options.ts';
import { type ComparisonOptions, floorsOf, present, withComparisonOptions } from './present-comparison.ts';

interface Options extends ComparisonOptions, ResultsOption, ReferencesOption {}

const EXAMPLES = `
Name a run by its folder, its result.json, its ID or the beginning of its ID, product/test, or latest. Name a reference as
\`reference list\` shows it. To give several runs for a side, separate them with commas. A run may also be a file that
k6 wrote with --summary-export or handleSummary. The exit code is 0 for same and better, 99 for worse, and 3 if the
outcome is undecided or the runs cannot be compared.

Examples:
  npm run compare -- main latest                         the latest run with the reference named main
  npm run compare -- 20261121T0607 20261121T0912         two runs
  npm run compare -- main 20261121T09,20261121T10,20261121T11
  npm run compare -- main latest --floor-percent 5 -o comparison.html -o comparison.json
  npm run compare -- theirs/summary.json latest`;

export function compareCommand(): Command {
  const command = new Command('compare')
    .description('compare runs with a reference: better, worse or the same')
    .argument('<reference>', 'run or reference to compare with, or a comma-separated list')
    .argument('<run...>', 'run to compare; all given runs form one side of the comparison');
  return withReferencesOption(withResultsOption(withComparisonOptions(command)))
    .addHelpText('after', EXAMPLES)
    .action(compareRuns);
}

async function compareRuns(reference: string, runs: string[], options: Options): Promise<void> {
  const folders = lookupFolders(options, userFolder());
  // Load the runs first: if several tests have a reference of this name, the test of the runs selects one.
  const after = await loadSide(runs.flatMap(parseRunNames), folders);
  const before = await loadSide(parseRunNames(reference), folders, after[0]?.fingerprint?.test);
  assertComparable(before, after);
  await present(compare(before, after, floorsOf(options)), options);
}

/** Checks that the runs of both sides can be compared. @throws Problem that lists the reasons if they cannot */
export function assertComparable(reference: readonly Excerpt[], candidate: readonly Excerpt[]): void {
  const reasons = reasonsNotComparable(reference, candidate);
  if (reasons.length > 0)
    throw new Problem(
      ['These runs cannot be compared:', ...reasons.map((reason) => `  ${reason}`)].join('\n'),
      'NOT_COMPARABLE',
    );
}
