import type { LadderComparison, LadderFinding, RungPair } from '../../../lib/core/comparison/index.ts';
import { formatCount } from '../../../lib/core/numbers/index.ts';
import {
  absentBlock,
  type CellValue,
  listBlock,
  numberColumns,
  tableBlock,
  textBlock,
} from '../block-builders.ts';
import type { Block } from '../report-document.ts';
import { RUNG_COLUMNS, rungCells } from '../run/ladder.ts';
import { OUTCOME_WORDS, rowSentence } from './comparison-text.ts';

export function ladderBlocks(ladder: LadderComparison): Block[] {
  return [
    rungComparisonTable(ladder),
    textBlock(carriedUsersText(ladder)),
    ...(ladder.findings.length === 0
      ? [absentBlock(undecidedText(ladder))]
      : ladder.findings.flatMap(findingBlocks)),
  ];
}

/** A row a deployment and number of users; the outcome stands with the one that is compared. */
export function rungComparisonTable({ reference, candidate, rungs }: LadderComparison) {
  return tableBlock(
    'What each number of users got',
    [...numberColumns('Users'), 'Deployment', ...RUNG_COLUMNS, 'Outcome'],
    rungs.flatMap((pair): CellValue[][] => [
      [formatCount(pair.users), reference.name, ...rungCells(pair.reference), ''],
      [formatCount(pair.users), candidate.name, ...rungCells(pair.candidate), OUTCOME_WORDS[pair.outcome]],
    ]),
  );
}

export function carriedUsersText({ reference, candidate }: LadderComparison): string {
  const words = [reference, candidate].map(({ name, carried }) =>
    carried === null ? `${name} none of these` : `${name} ${formatCount(carried)} users`,
  );
  return `Carried, all criteria kept: ${words.join(', ')}.`;
}

/** What is said where neither is found to be better. */
export const undecidedText = ({ rungs, outcome }: LadderComparison): string =>
  outcome === 'same'
    ? 'They are the same with every number of users.'
    : `With ${usersWords(rungs.filter((pair) => pair.outcome === "can't tell").map(({ users }) => users))} they cannot be told apart.`;

export function findingText({ better, worse, users, onward }: LadderFinding): string {
  const where =
    onward && users.length > 1 ? `from ${formatCount(users[0] ?? 0)} users on` : `with ${usersWords(users)}`;
  return `${better.name} is better than ${worse.name} ${where}.`;
}

export const reasonsTitle = ({ reasons, seenWith }: LadderFinding): string =>
  reasons.some(({ isCause }) => isCause)
    ? `Why, with ${formatCount(seenWith)} users:`
    : `Why is not known: neither CPU, connections nor a diagnosis tells. What was seen with ${formatCount(seenWith)} users:`;

function findingBlocks(finding: LadderFinding): Block[] {
  return [
    textBlock(findingText(finding)),
    listBlock(finding.by.map(rowSentence)),
    textBlock(reasonsTitle(finding)),
    ...(finding.reasons.length > 0
      ? [listBlock(finding.reasons.map((reason) => reason.text))]
      : [absentBlock('Nothing that differs.')]),
  ];
}

function usersWords(users: readonly RungPair['users'][]): string {
  const words = users.map(formatCount);
  const last = words.pop() ?? '';
  return `${words.length > 0 ? `${words.join(', ')} and ` : ''}${last} users`;
}
