import { readVariable, type TargetEnvironment, type VariableName } from '../../lib/core/definition/index.ts';
import { configuredProbes, PROBE_VARIABLES } from '../probes/probe-kinds.ts';
import type { Settings, TestSettings } from '../run/run-settings.ts';
import { Problem } from '../support/problem.ts';
import { assertVariables } from '../support/variables.ts';
import { storeSettings, storeVariables } from '../telemetry/stores.ts';

const OF_TESTS: readonly VariableName[] = ['TEST_ENV', 'TIME_SCALE', 'VUS_SCALE', 'SEED'];

/** @throws Problem that names every malformed variable */
export function testSettings(env: NodeJS.ProcessEnv): TestSettings {
  assertVariables(OF_TESTS, env);
  return parsed(env);
}

/**
 * The settings of a run.
 * @throws Problem that names every malformed variable, or where production is not allowed
 */
export function runSettings(env: NodeJS.ProcessEnv, allowProduction: boolean): Settings {
  assertVariables(
    [...OF_TESTS, 'GENERATORS', ...PROBE_VARIABLES.filter((name) => env[name]), ...storeVariables(env)],
    env,
  );
  const settings = parsed(env);
  assertAllowed(settings.environment, allowProduction);
  return {
    ...settings,
    generators: readVariable('GENERATORS', env),
    probes: configuredProbes(env),
    stores: storeSettings(env),
  };
}

/** @throws Problem where load would be put on production without the user's consent */
export function assertAllowed(environment: TargetEnvironment, allowProduction: boolean): void {
  if (environment === 'production' && !allowProduction)
    throw new Problem(
      'TEST_ENV=production takes --allow-production as well: this puts real load on real users.',
    );
}

const parsed = (env: NodeJS.ProcessEnv): TestSettings => ({
  environment: readVariable('TEST_ENV', env),
  apiUrl: env.API_URL || null,
  scale: { time: readVariable('TIME_SCALE', env), vus: readVariable('VUS_SCALE', env) },
  seed: readVariable('SEED', env),
  env,
});
