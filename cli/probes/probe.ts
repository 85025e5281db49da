import type { VariableName } from '../../lib/core/definition/index.ts';
import type { Evidence, ProbeName } from '../../lib/core/evidence/index.ts';

export type Sample = Record<string, number | null>;
export type Details = Evidence['details'];

/** Looks at one thing while it is under load, and changes nothing there. */
export interface Probe {
  /** One look, for columns of the result. @throws where it cannot be reached; the next one tries again */
  sample(): Promise<Sample>;
  /** What it says of the time since the first sample. Empty where it was never reached. */
  details?(): Promise<Partial<Details>>;
  close(): Promise<void>;
  /** Where a sample costs so much that it must not come more often. */
  leastIntervalMs?: number;
}

export interface ProbeContext {
  /** Where the product says that its target has its metrics. */
  metricsPath: string;
  /** Takes what the reader of a result should know of the probe. */
  note(text: string): void;
}

export type Environment = Record<string, string | undefined>;

/** One kind of probe, and how it is configured. */
export interface ProbeKind {
  name: ProbeName;
  /** As told to a person. */
  what: string;
  /** What configures it. */
  variables: readonly VariableName[];
  /** What to do where it is not reached. */
  mend: string;
  /**
   * How it is opened, which connects to nothing yet; null where nothing configures it.
   * @throws VariableError where a variable is malformed
   */
  configure(env: Environment): Opener | null;
}

type Opener = (context: ProbeContext) => Probe;

/** A probe whose variables are parsed. */
export interface ConfiguredProbe extends Pick<ProbeKind, 'name' | 'what'> {
  open: Opener;
}
