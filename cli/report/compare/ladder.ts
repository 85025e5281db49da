import type { LadderComparison, LadderFinding, RungPair } from '../../../lib/core/comparison/index.ts';
import { formatCount } from '../../../lib/core/numbers/index.ts';
import type { Block } from '../document.ts';
import { absent, list, right, table, text, type Value } from '../run/blocks.ts';
import { RUNG_COLUMNS, rungCells } from '../run/ladder.ts';
import { OUTCOME_WORDS, sentence } from './words.ts';

export function ladderBlocks(ladder: LadderComparison): Block[] {
  return [
    rungTable(ladder),
    text(carried(ladder)),
    ...(ladder.findings.length === 0 ? [absent(undecided(ladder))] : ladder.findings.flatMap(findingBlocks)),
  ];
}

/** A row a deployment and number of users; the outcome stands with the one that is compared. */
export function rungTable({ reference, candidate, rungs }: LadderComparison) {
  return table(
    'What each number of users got',
    [...right('Users'), 'Deployment', ...RUNG_COLUMNS, 'Outcome'],
    rungs.flatMap((pair): Value[][] => [
      [formatCount(pair.users), reference.name, ...rungCells(pair.reference), ''],
      [formatCount(pair.users), candidate.name, ...rungCells(pair.candidate), OUTCOME_WORDS[pair.outcome]],
    ]),
  );
}

export function carried({ reference, candidate }: LadderComparison): string {
  const words = [reference, candidate].map(({ name, carried }) =>
    carried === null ? `${name} none of these` : `${name} ${formatCount(carried)} users`,
  );
  return `Carried, all criteria kept: ${words.join(', ')}.`;
}

/** What is said where neither is found to be better. */
export const undecided = ({ rungs, outcome }: LadderComparison): string =>
  outcome === 'same'
    ? 'They are the same with every number of users.'
    : `With ${usersWords(rungs.filter((pair) => pair.outcome === "can't tell").map(({ users }) => users))} they cannot be told apart.`;

export function findingWords({ better, worse, users, onward }: LadderFinding): string {
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
    text(findingWords(finding)),
    list(finding.by.map(sentence)),
    text(reasonsTitle(finding)),
    ...(finding.reasons.length > 0
      ? [list(finding.reasons.map((reason) => reason.text))]
      : [absent('Nothing that differs.')]),
  ];
}

function usersWords(users: readonly RungPair['users'][]): string {
  const words = users.map(formatCount);
  const last = words.pop() ?? '';
  return `${words.length > 0 ? `${words.join(', ')} and ` : ''}${last} users`;
}
