import { CHECKLIST_CATEGORIES, type ChecklistCategory, type ChecklistFinding, type Result } from '../evidence/index.ts';

export interface ChecklistEntry {
  category: ChecklistCategory;
  /** Whether the system meets the requirement. Null if no run provides evidence. */
  met: boolean | null;
  /** Evidence from all runs. Evidence against going to production comes first. */
  evidence: (ChecklistFinding & { test: string })[];
}

/**
 * Combines the checklists of several runs. If any run has evidence against a category, the requirement is not met.
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
