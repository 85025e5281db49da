/** The parts of a system that are scored, each out of `OUT_OF`. */
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
/** Of all points together: with fewer, a system is not ready. */
export const MIN_READY_SHARE = 0.8;
/** No component may have fewer points than this, however many the others have. */
export const MIN_READY_SCORE = 6;

export interface Readiness {
  ready: boolean;
  /** A component without data adds nothing. */
  total: number;
  outOf: number;
  components: ScoredComponent[];
  /** Why the system is not ready; empty where it is. */
  reasons: string[];
}

export interface ScoredComponent {
  component: ComponentName;
  /** Null where there was nothing to score it by. */
  score: number | null;
  /** What it has lost points for; without data, why there is none. */
  findings: { text: string; points: number }[];
}

/** What a system has to stand, each shown by the tests that bring it about. */
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

/** What one run has shown of a category. */
export interface ChecklistFinding {
  category: ChecklistCategory;
  text: string;
  speaksFor: boolean;
}
