import type { Rung } from '../evidence/index.ts';
import type { ComparisonOutcome, ComparisonRow, FigureName } from './compared-figures.ts';
import { type Deployment, deploymentsOf } from './deployments.ts';
import type { Excerpt } from './excerpt.ts';
import { type LadderReason, ladderReasons } from './ladder-reasons.ts';

/** Two deployments, rung by rung. */
export interface LadderComparison {
  reference: Deployment;
  candidate: Deployment;
  rungs: RungPair[];
  outcome: ComparisonOutcome;
  /** What one of them is better at; none where they are the same, or nothing can be told. */
  findings: LadderFinding[];
}

export interface RungPair {
  users: number;
  reference: Rung;
  candidate: Rung;
  /** Of the candidate. */
  outcome: ComparisonOutcome;
  /** The row that it rests on; null where none tells. */
  by: ComparisonRow | null;
}

/** That one deployment is better with some numbers of users, and why. */
export interface LadderFinding {
  better: Deployment;
  worse: Deployment;
  users: number[];
  /** From the first of them on, up to the last rung. */
  onward: boolean;
  /** Each a rung's row: what it is better by. */
  by: ComparisonRow[];
  /** With so many users the reasons were seen. */
  seenWith: number;
  reasons: LadderReason[];
}

/** What counts with so many users, most of all first: quick refusals make nobody better. */
const DECIDES: readonly FigureName[] = ['errorRate', 'p95', 'p99'];

/**
 * Ladders of two deployments; null where the runs are of none.
 * @param rows of the comparison that it is part of
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
    const other = after.rungs.find(({ phase }) => phase === rung.phase);
    return other ? [{ users: rung.users, reference: rung, candidate: other, ...decided(rows, rung) }] : [];
  });
  return {
    reference: before,
    candidate: after,
    rungs,
    outcome: outcomeOf(rungs),
    findings: [
      ...findingOf(rungs, 'better', { better: after, worse: before }),
      ...findingOf(rungs, 'worse', { better: before, worse: after }),
    ].sort((one, other) => (one.users[0] ?? 0) - (other.users[0] ?? 0)),
  };
}

function decided(rows: readonly ComparisonRow[], { phase }: Rung): Pick<RungPair, 'outcome' | 'by'> {
  const own = DECIDES.flatMap(
    (figure) =>
      rows.find((row) => row.scope === 'phase' && row.name === phase && row.figure === figure) ?? [],
  );
  const told = own.find(({ outcome }) => outcome === 'better' || outcome === 'worse');
  if (told) return { outcome: told.outcome, by: told };
  const [first, second] = own;
  const isSame = first?.outcome === 'same' && second?.outcome === 'same';
  return { outcome: isSame ? 'same' : "can't tell", by: null };
}

/** Worse on one rung, and it is no better deployment, whatever it is on others. */
function outcomeOf(rungs: readonly RungPair[]): ComparisonOutcome {
  const order: ComparisonOutcome[] = ['worse', 'better', "can't tell"];
  return order.find((one) => rungs.some(({ outcome }) => outcome === one)) ?? 'same';
}

function findingOf(
  rungs: readonly RungPair[],
  outcome: 'better' | 'worse',
  sides: Pick<LadderFinding, 'better' | 'worse'>,
): LadderFinding[] {
  const own = rungs.filter((rung) => rung.outcome === outcome);
  const [first] = own;
  if (!first) return [];
  const reasoned = own.map((rung) => ({
    users: rung.users,
    reasons: ladderReasons(
      { deployment: sides.better, rung: outcome === 'better' ? rung.candidate : rung.reference },
      { deployment: sides.worse, rung: outcome === 'better' ? rung.reference : rung.candidate },
    ),
  }));
  const telling = reasoned.find(({ reasons }) => reasons.some(({ isCause }) => isCause)) ?? reasoned[0];
  return [
    {
      ...sides,
      users: own.map(({ users }) => users),
      onward: rungs.slice(rungs.indexOf(first)).every((rung) => rung.outcome === outcome),
      by: own.flatMap(({ by }) => by ?? []),
      seenWith: telling?.users ?? first.users,
      reasons: telling?.reasons ?? [],
    },
  ];
}
