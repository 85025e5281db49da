/** The components of a system that the readiness assessment scores, each out of `MAX_COMPONENT_SCORE`. */
export const READINESS_COMPONENTS = [
  'load-handling',
  'response-times',
  'error-handling',
  'monitoring',
  'configuration',
  'database',
] as const;
export type ComponentName = (typeof READINESS_COMPONENTS)[number];

export const MAX_COMPONENT_SCORE = 10;
/** A system with less than this share of all points is not ready. */
export const MIN_READY_SHARE = 0.8;
/** A system is not ready if any component scores below this, whatever the total score. */
export const MIN_READY_SCORE = 6;

export interface Readiness {
  ready: boolean;
  /** Sum of the scores; a component without data counts as 0. */
  total: number;
  outOf: number;
  components: ScoredComponent[];
  /** Why the system is not ready; empty if it is ready. */
  reasons: string[];
}

export interface ScoredComponent {
  component: ComponentName;
  /** Points of the component; null if there was no data to score it. */
  score: number | null;
  /** Why the component lost points or, without a score, which data is missing. */
  findings: { text: string; points: number }[];
}

/** What a system has to withstand in production; load tests provide evidence for each category. */
export const CHECKLIST_CATEGORIES = [
  'database-scaling',
  'transaction-safety',
  'external-services',
  'monitoring',
  'load-testing',
  'error-recovery',
  'rate-limiting',
  'background-processing',
] as const;
export type ChecklistCategory = (typeof CHECKLIST_CATEGORIES)[number];

/** Evidence from one run about a category of the checklist. */
export interface ChecklistFinding {
  category: ChecklistCategory;
  text: string;
  /** True if the evidence supports going to production. */
  speaksFor: boolean;
}
