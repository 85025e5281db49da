import type { Rung } from '../evidence/index.ts';
import type { ComparisonOutcome, ComparisonRow, FigureName } from './compared-figures.ts';
import { type Deployment, deploymentsOf } from './deployments.ts';
import type { Excerpt } from './excerpt.ts';
import { type LadderReason, ladderReasons } from './ladder-reasons.ts';

/** A comparison of two deployments, rung by rung. */
export interface LadderComparison {
  reference: Deployment;
  candidate: Deployment;
  rungs: RungPair[];
  outcome: ComparisonOutcome;
  /** Ranges of users in which one deployment is better; empty if there is no such range. */
  findings: LadderFinding[];
}

export interface RungPair {
  users: number;
  reference: Rung;
  candidate: Rung;
  /** Whether the candidate is better or worse at this rung. */
  outcome: ComparisonOutcome;
  /** The row that decides the outcome; null if no row is better or worse. */
  by: ComparisonRow | null;
}

/** One deployment is better with certain numbers of users, and the reasons. */
export interface LadderFinding {
  better: Deployment;
  worse: Deployment;
  users: number[];
  /** Whether the deployment is better at every rung from the start of this range to the end of the ladder. */
  onward: boolean;
  /** The deciding row of each rung. */
  by: ComparisonRow[];
  /** The number of users at which the reasons were found. */
  seenWith: number;
  reasons: LadderReason[];
}

/** The figures that decide a rung, most important first. Errors come first because fast rejections are not an advantage. */
const DECIDING_FIGURES: readonly FigureName[] = ['errorRate', 'p95', 'p99'];

/**
 * Compares two deployments by their ladders. Returns null unless all runs are ladders.
 * @param rows the rows of the whole comparison
 */
export function compareLadders(
  reference: readonly Excerpt[],
  candidate: readonly Excerpt[],
  rows: readonly ComparisonRow[],
): LadderComparison | null {
  const deployments = deploymentsOf(reference, candidate);
  if (!deployments) return null;
  const [before, after] = deployments;
  const rungs = before.rungs.flatMap((rung): RungPair[] => {
    const candidateRung = after.rungs.find(({ phase }) => phase === rung.phase);
    return candidateRung
      ? [{ users: rung.users, reference: rung, candidate: candidateRung, ...decideRung(rows, rung) }]
      : [];
  });
  return {
    reference: before,
    candidate: after,
    rungs,
    outcome: outcomeOf(rungs),
    findings: [
      ...findingsOf(rungs, 'better', { better: after, worse: before }),
      ...findingsOf(rungs, 'worse', { better: before, worse: after }),
    ].sort((a, b) => (a.users[0] ?? 0) - (b.users[0] ?? 0)),
  };
}

function decideRung(rows: readonly ComparisonRow[], { phase }: Rung): Pick<RungPair, 'outcome' | 'by'> {
  const rungRows = DECIDING_FIGURES.flatMap(
    (figure) => rows.find((row) => row.scope === 'phase' && row.name === phase && row.figure === figure) ?? [],
  );
  const decidingRow = rungRows.find(({ outcome }) => outcome === 'better' || outcome === 'worse');
  if (decidingRow) return { outcome: decidingRow.outcome, by: decidingRow };
  const [first, second] = rungRows;
  const isSame = first?.outcome === 'same' && second?.outcome === 'same';
  return { outcome: isSame ? 'same' : "can't tell", by: null };
}

/** A deployment that is worse at one rung is worse overall, even if it is better at other rungs. */
function outcomeOf(rungs: readonly RungPair[]): ComparisonOutcome {
  const order: ComparisonOutcome[] = ['worse', 'better', "can't tell"];
  return order.find((candidate) => rungs.some(({ outcome }) => outcome === candidate)) ?? 'same';
}

function findingsOf(
  rungs: readonly RungPair[],
  outcome: 'better' | 'worse',
  sides: Pick<LadderFinding, 'better' | 'worse'>,
): LadderFinding[] {
  const matching = rungs.filter((rung) => rung.outcome === outcome);
  const [first] = matching;
  if (!first) return [];
  const reasonsByUsers = matching.map((rung) => ({
    users: rung.users,
    reasons: ladderReasons(
      { deployment: sides.better, rung: outcome === 'better' ? rung.candidate : rung.reference },
      { deployment: sides.worse, rung: outcome === 'better' ? rung.reference : rung.candidate },
    ),
  }));
  const explained = reasonsByUsers.find(({ reasons }) => reasons.some(({ isCause }) => isCause)) ?? reasonsByUsers[0];
  return [
    {
      ...sides,
      users: matching.map(({ users }) => users),
      onward: rungs.slice(rungs.indexOf(first)).every((rung) => rung.outcome === outcome),
      by: matching.flatMap(({ by }) => by ?? []),
      seenWith: explained?.users ?? first.users,
      reasons: explained?.reasons ?? [],
    },
  ];
}
