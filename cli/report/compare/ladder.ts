import type { LadderComparison, LadderFinding, RungPair } from '../../../lib/core/comparison/index.ts';
import { formatCount } from '../../../lib/core/numbers/index.ts';
import { absentBlock, type CellValue, listBlock, numberColumns, tableBlock, textBlock } from '../block-builders.ts';
import type { Block } from '../report-document.ts';
import { RUNG_COLUMNS, rungCells } from '../run/ladder.ts';
import { OUTCOME_WORDS, rowSentence } from './comparison-text.ts';

export function ladderBlocks(ladder: LadderComparison): Block[] {
  return [
    rungComparisonTable(ladder),
    textBlock(carriedUsersText(ladder)),
    ...(ladder.findings.length === 0 ? [absentBlock(undecidedText(ladder))] : ladder.findings.flatMap(findingBlocks)),
  ];
}

/**
 * Builds a table with two rows for each number of users, one per deployment. The candidate's row also has the outcome.
 */
export function rungComparisonTable({ reference, candidate, rungs }: LadderComparison) {
  return tableBlock(
    'Results by number of users',
    [...numberColumns('Users'), 'Deployment', ...RUNG_COLUMNS, 'Outcome'],
    rungs.flatMap((pair): CellValue[][] => [
      [formatCount(pair.users), reference.name, ...rungCells(pair.reference), ''],
      [formatCount(pair.users), candidate.name, ...rungCells(pair.candidate), OUTCOME_WORDS[pair.outcome]],
    ]),
  );
}

export function carriedUsersText({ reference, candidate }: LadderComparison): string {
  const words = [reference, candidate].map(({ name, carried }) =>
    carried === null ? `${name} on no rung` : `${name} up to ${formatCount(carried)} users`,
  );
  return `Load at which all criteria pass: ${words.join(', ')}.`;
}

/** Returns the text that is shown if neither deployment is better than the other. */
export const undecidedText = ({ rungs, outcome }: LadderComparison): string =>
  outcome === 'same'
    ? 'The deployments are the same with every number of users.'
    : `With ${usersText(rungs.filter((pair) => pair.outcome === "can't tell").map(({ users }) => users))}, the data does not show which deployment is better.`;

export function findingText({ better, worse, users, onward }: LadderFinding): string {
  const where = onward && users.length > 1 ? `from ${formatCount(users[0] ?? 0)} users on` : `with ${usersText(users)}`;
  return `${better.name} is better than ${worse.name} ${where}.`;
}

export const reasonsTitle = ({ reasons, seenWith }: LadderFinding): string =>
  reasons.some(({ isCause }) => isCause)
    ? `Causes with ${formatCount(seenWith)} users:`
    : `The cause is unknown: CPU, connections and diagnoses do not explain it. Observations with ${formatCount(seenWith)} users:`;

function findingBlocks(finding: LadderFinding): Block[] {
  return [
    textBlock(findingText(finding)),
    listBlock(finding.by.map(rowSentence)),
    textBlock(reasonsTitle(finding)),
    ...(finding.reasons.length > 0
      ? [listBlock(finding.reasons.map((reason) => reason.text))]
      : [absentBlock('No differences.')]),
  ];
}

function usersText(users: readonly RungPair['users'][]): string {
  const words = users.map(formatCount);
  const last = words.pop() ?? '';
  return `${words.length > 0 ? `${words.join(', ')} and ` : ''}${last} users`;
}
