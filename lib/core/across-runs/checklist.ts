import {
  CHECKLIST_CATEGORIES,
  type ChecklistCategory,
  type ChecklistFinding,
  type Result,
} from '../evidence/index.ts';

export interface ChecklistEntry {
  category: ChecklistCategory;
  /** Null where no run has shown anything of it. */
  met: boolean | null;
  /** What runs have shown, those that speak against it first. */
  evidence: (ChecklistFinding & { test: string })[];
}

/** Whether runs have shown what a system has to stand; one that speaks against it outweighs all that speak for it. */
export function checklistOf(results: readonly Result[]): ChecklistEntry[] {
  const shown = results
    .flatMap(({ run, checklist = [] }) => checklist.map((one) => ({ test: run.test, ...one })))
    .sort((one, other) => Number(one.speaksFor) - Number(other.speaksFor));
  return CHECKLIST_CATEGORIES.map((category) => {
    const evidence = shown.filter((one) => one.category === category);
    const met = evidence.length === 0 ? null : evidence.every(({ speaksFor }) => speaksFor);
    return { category, met, evidence };
  });
}
