import { readVariable, type TargetEnvironment, type VariableName } from '../../lib/core/definition/index.ts';
import { configuredProbes, PROBE_VARIABLES } from '../probes/probe-kinds.ts';
import type { Settings, TestSettings } from '../run/run-settings.ts';
import { Problem } from '../support/problem.ts';
import { assertVariables } from '../support/variables.ts';
import { storeSettings, storeVariables } from '../telemetry/stores.ts';

const TEST_VARIABLES: readonly VariableName[] = ['TEST_ENV', 'TIME_SCALE', 'VUS_SCALE', 'SEED'];

/** Parses the settings of a test. @throws Problem that names every malformed variable */
export function testSettings(env: NodeJS.ProcessEnv): TestSettings {
  assertVariables(TEST_VARIABLES, env);
  return parseTestSettings(env);
}

/**
 * Parses the settings of a run.
 * @throws Problem that names every malformed variable, or if production is not allowed
 */
export function runSettings(env: NodeJS.ProcessEnv, allowProduction: boolean): Settings {
  assertVariables(
    [...TEST_VARIABLES, 'GENERATORS', ...PROBE_VARIABLES.filter((name) => env[name]), ...storeVariables(env)],
    env,
  );
  const settings = parseTestSettings(env);
  assertAllowed(settings.environment, allowProduction);
  return {
    ...settings,
    generators: readVariable('GENERATORS', env),
    probes: configuredProbes(env),
    stores: storeSettings(env),
  };
}

/**
 * Checks that the target is allowed. @throws Problem if it is production and the user did not give --allow-production
 */
export function assertAllowed(environment: TargetEnvironment, allowProduction: boolean): void {
  if (environment === 'production' && !allowProduction)
    throw new Problem('TEST_ENV=production also requires --allow-production, because it puts load on real users.');
}

const parseTestSettings = (env: NodeJS.ProcessEnv): TestSettings => ({
  environment: readVariable('TEST_ENV', env),
  apiUrl: env.API_URL || null,
  scale: { time: readVariable('TIME_SCALE', env), vus: readVariable('VUS_SCALE', env) },
  seed: readVariable('SEED', env),
  env,
});
