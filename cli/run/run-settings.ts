import type { Scale, TargetEnvironment } from '../../lib/core/definition/index.ts';
import type { ConfiguredProbe } from '../probes/probe.ts';
import type { StoreSettings } from '../telemetry/stores.ts';

/** The settings of a test, parsed from variables and options by cli/commands/settings.ts. */
export interface TestSettings {
  environment: TargetEnvironment;
  /** As the user wrote it; it is checked with the other variables of the test. Null if it is not set. */
  apiUrl: string | null;
  scale: Scale;
  seed: number;
  /** The environment including the options, for child processes, the reference service and variables of the product. */
  env: NodeJS.ProcessEnv;
}

/** The settings of a run. */
export interface Settings extends TestSettings {
  generators: number;
  probes: readonly ConfiguredProbe[];
  stores: StoreSettings;
}
