import type { VariableName } from '../../lib/core/definition/index.ts';
import type { Evidence, ProbeName } from '../../lib/core/evidence/index.ts';

export type Sample = Record<string, number | null>;
export type Details = Evidence['details'];

/** Samples one component of the system under test, without changing the component. */
export interface Probe {
  /**
   * Takes a sample, and returns the value of each column of the result. @throws Error if the probe cannot connect; the
   * next call then tries to connect again
   */
  sample(): Promise<Sample>;
  /** Returns figures about the time since the first sample; empty if the probe never connected. */
  details?(): Promise<Partial<Details>>;
  close(): Promise<void>;
  /** The minimum time between two samples. Only set by probes whose samples are expensive. */
  minIntervalMs?: number;
}

export interface ProbeContext {
  /** The path of the target's metrics endpoint, as declared by the product. */
  metricsPath: string;
  /** Adds a note about the probe to the result. */
  note(text: string): void;
}

export type ProbeEnvironment = Record<string, string | undefined>;

/** A kind of probe: the component it samples, and the variables that configure it. */
export interface ProbeKind {
  name: ProbeName;
  /** The name of the sampled component in messages, such as `the target`. */
  label: string;
  /** The environment variables that configure the probe. */
  variables: readonly VariableName[];
  /** What the user should do if the probe cannot connect. */
  advice: string;
  /**
   * Returns a function that creates the probe without connecting, or null if no variable configures it.
   * @throws VariableError if a variable is malformed
   */
  configure(env: ProbeEnvironment): Opener | null;
}

type Opener = (context: ProbeContext) => Probe;

/** A probe whose variables are parsed. `open` creates the probe without connecting. */
export interface ConfiguredProbe extends Pick<ProbeKind, 'name' | 'label'> {
  open: Opener;
}
