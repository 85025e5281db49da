import type { Assessment } from '../definition/index.ts';
import type { Result } from '../evidence/index.ts';
import { checklistFindings } from './checklist.ts';
import { ladderOf } from './ladder.ts';
import { assessReadiness } from './readiness.ts';

/** A result with what its test asks to be assessed, and with its ladder. What it has already stays. */
export function withAssessments(result: Result): Result {
  const asksFor = (assessment: Assessment) => result.run.assess?.includes(assessment);
  const { ladder = ladderOf(result) } = result;
  return {
    ...result,
    ...(ladder && { ladder }),
    ...(asksFor('readiness') && { readiness: result.readiness ?? assessReadiness(result) }),
    ...(asksFor('checklist') && { checklist: result.checklist ?? checklistFindings(result) }),
  };
}
