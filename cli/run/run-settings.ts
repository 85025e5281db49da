import type { Scale, TargetEnvironment } from '../../lib/core/definition/index.ts';
import type { ConfiguredProbe } from '../probes/probe.ts';
import type { StoreSettings } from '../telemetry/stores.ts';

/** The settings of a test, parsed from variables and options by cli/commands/settings.ts. */
export interface TestSettings {
  environment: TargetEnvironment;
  /**
   * The unparsed text of the variable, which is validated with the other variables of the test. Null if it is not set.
   */
  apiUrl: string | null;
  scale: Scale;
  seed: number;
  /**
   * The environment, with the command-line options added. Child processes, the reference service and the product read
   * it.
   */
  env: NodeJS.ProcessEnv;
}

/** The settings of a run. */
export interface Settings extends TestSettings {
  generators: number;
  probes: readonly ConfiguredProbe[];
  stores: StoreSettings;
}
