import type { CampaignSettings } from '../../lib/core/campaign.ts';
import { problemsOf, readOptional, readVariable, type VariableName } from '../../lib/core/variables.ts';
import { Problem } from '../problem.ts';
import { settingsOfTarget, startsOwnTarget } from '../run/local-target.ts';

const VARIABLES: VariableName[] = ['TEST_ENV', 'TIME_SCALE', 'VUS_SCALE', 'SEED'];

/**
 * What the runs of a campaign will have in common.
 * @throws Problem that names every malformed variable
 */
export async function settingsOf(
  product: string,
  env: NodeJS.ProcessEnv,
  labels: Record<string, string>,
): Promise<CampaignSettings> {
  const problems = problemsOf(VARIABLES, env);
  if (problems.length > 0) throw new Problem(problems.join('\n'));
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
