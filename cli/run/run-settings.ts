import type { Scale, TargetEnvironment } from '../../lib/core/definition/index.ts';
import type { ConfiguredProbe } from '../probes/probe.ts';
import type { StoreSettings } from '../telemetry/stores.ts';

/** The settings of a test, parsed from variables and options by cli/commands/settings.ts. */
export interface TestSettings {
  environment: TargetEnvironment;
  /**
   * The unparsed text of API_URL; null if it is not set. API_URL is validated later, together with the other variables
   * of the test.
   */
  apiUrl: string | null;
  scale: Scale;
  seed: number;
  /**
   * The environment of the run, including the values of command-line options. Child processes, the reference service
   * and the product receive this environment.
   */
  env: NodeJS.ProcessEnv;
}

/** The settings of a run. */
export interface Settings extends TestSettings {
  generators: number;
  probes: readonly ConfiguredProbe[];
  stores: StoreSettings;
}
