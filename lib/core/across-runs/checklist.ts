import { CHECKLIST_CATEGORIES, type ChecklistCategory, type ChecklistFinding, type Result } from '../evidence/index.ts';

export interface ChecklistEntry {
  category: ChecklistCategory;
  /** Whether the requirement is met. Null if there is no evidence. */
  met: boolean | null;
  /** Evidence from all runs, with the evidence against the category first. */
  evidence: (ChecklistFinding & { test: string })[];
}

/**
 * Combines the checklists of several runs. One piece of evidence against a category outweighs all evidence for the
 * category.
 */
export function checklistOf(results: readonly Result[]): ChecklistEntry[] {
  const allEvidence = results
    .flatMap(({ run, checklist = [] }) => checklist.map((item) => ({ test: run.test, ...item })))
    .sort((a, b) => Number(a.speaksFor) - Number(b.speaksFor));
  return CHECKLIST_CATEGORIES.map((category) => {
    const evidence = allEvidence.filter((item) => item.category === category);
    const met = evidence.length === 0 ? null : evidence.every(({ speaksFor }) => speaksFor);
    return { category, met, evidence };
  });
}
