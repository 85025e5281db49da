import type { Assessment } from '../definition/index.ts';
import type { Result } from '../evidence/index.ts';
import { checklistFindings } from './checklist.ts';
import { ladderOf } from './ladder.ts';
import { assessReadiness } from './readiness.ts';

/**
 * Adds the assessments that the test asks for, and the ladder of a ladder run. Existing assessments are not recomputed.
 */
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
