import type { Scale, TargetEnvironment } from '../../lib/core/definition/index.ts';
import type { ConfiguredProbe } from '../probes/probe.ts';
import type { StoreSettings } from '../telemetry/stores.ts';

/** What a test is made of and where it runs: variables and options, parsed by cli/commands/settings.ts. */
export interface TestSettings {
  environment: TargetEnvironment;
  /** As the user wrote it, for it is checked together with what a test requires; null where they name no target. */
  apiUrl: string | null;
  scale: Scale;
  seed: number;
  /** The environment with the options in it: for child processes, the reference service and a product's variables. */
  env: NodeJS.ProcessEnv;
}

/** The same for a run, with what loads the target and what watches it. */
export interface Settings extends TestSettings {
  generators: number;
  probes: readonly ConfiguredProbe[];
  stores: StoreSettings;
}
