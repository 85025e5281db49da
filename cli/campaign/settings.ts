import type { CampaignSettings } from '../../lib/core/across-runs/index.ts';
import { readOptional, readVariable } from '../../lib/core/definition/index.ts';
import { settingsOfTarget, startsOwnTarget } from '../run/local-target.ts';
import { assertVariables, GENERAL_VARIABLES } from '../support/variables.ts';
import { storeVariables } from '../telemetry/stores.ts';

/**
 * What the runs of a campaign will have in common.
 * @throws Problem that names every malformed variable
 */
export async function settingsOf(
  product: string,
  env: NodeJS.ProcessEnv,
  labels: Record<string, string>,
): Promise<CampaignSettings> {
  assertVariables([...GENERAL_VARIABLES, ...storeVariables(env)], env);
  const environment = readVariable('TEST_ENV', env);
  const own = startsOwnTarget(environment, env);
  return {
    environment,
    apiUrl: env.API_URL ? (readOptional('API_URL', env) ?? null) : null,
    timeScale: readVariable('TIME_SCALE', env),
    vusScale: readVariable('VUS_SCALE', env),
    seed: readVariable('SEED', env),
    labels,
    ...(own && { targetSettings: await settingsOfTarget(product, env) }),
  };
}
