import { Command } from 'commander';
import { compare, type Excerpt, reasonsNotComparable } from '../../lib/core/comparison/index.ts';
import { loadSide, lookupFolders, parseRunNames } from '../compare/side.ts';
import { Problem } from '../support/problem.ts';
import { whereTyped } from './environment.ts';
import {
  type ReferencesOption,
  type ResultsOption,
  withReferencesOption,
  withResultsOption,
} from './places.ts';
import { type ComparisonOptions, floorsOf, present, withComparisonOptions } from './present.ts';

interface Options extends ComparisonOptions, ResultsOption, ReferencesOption {}

const EXAMPLES = `
A run is named as by \`report\`: its folder, its result.json, its id or the beginning of it, product/test, or latest.
A reference is named as \`reference list\` shows it. Several runs of a side have commas between. A file that k6 wrote
with --summary-export or handleSummary is taken too. It ends with 0 for same and better, 99 for worse, 3 where it
can't tell or the runs can't be compared.

Examples:
  npm run compare -- main latest                         the latest run with the reference named main
  npm run compare -- 20261121T0607 20261121T0912         two runs
  npm run compare -- main 20261121T09,20261121T10,20261121T11
  npm run compare -- main latest --floor-percent 5 -o comparison.html -o comparison.json
  npm run compare -- theirs/summary.json latest`;

export function compareCommand(): Command {
  const command = new Command('compare')
    .description('say whether runs are better or worse than a reference, or the same')
    .argument('<reference>', 'run or reference that the others are compared with, or several')
    .argument('<run...>', 'run that is compared with it; several are one side');
  return withReferencesOption(withResultsOption(withComparisonOptions(command)))
    .addHelpText('after', EXAMPLES)
    .action(compareRuns);
}

async function compareRuns(reference: string, runs: string[], options: Options): Promise<void> {
  const places = lookupFolders(options, whereTyped());
  // Of which test the reference is meant is known by then.
  const after = await loadSide(runs.flatMap(parseRunNames), places);
  const before = await loadSide(parseRunNames(reference), places, after[0]?.fingerprint?.test);
  assertComparable(before, after);
  await present(compare(before, after, floorsOf(options)), options);
}

/** @throws Problem that says what differs */
export function assertComparable(reference: readonly Excerpt[], candidate: readonly Excerpt[]): void {
  const reasons = reasonsNotComparable(reference, candidate);
  if (reasons.length > 0)
    throw new Problem(
      ['These runs cannot be compared:', ...reasons.map((reason) => `  ${reason}`)].join('\n'),
      'NOT_COMPARABLE',
    );
}
