import type { CampaignSettings } from '../../lib/core/campaign.ts';
import { problemsOf, readOptional, readVariable, type VariableName } from '../../lib/core/variables.ts';
import { Problem } from '../problem.ts';

const VARIABLES: VariableName[] = ['TEST_ENV', 'TIME_SCALE', 'VUS_SCALE', 'SEED'];

/**
 * What the runs of a campaign will have in common.
 * @throws Problem that names every malformed variable
 */
export function settingsOf(env: NodeJS.ProcessEnv, labels: Record<string, string>): CampaignSettings {
  const problems = problemsOf(VARIABLES, env);
  if (problems.length > 0) throw new Problem(problems.join('\n'));
  return {
    environment: readVariable('TEST_ENV', env),
    // Where it is not set, a local run is one of a reference service of its own.
    apiUrl: env.API_URL ? (readOptional('API_URL', env) ?? null) : null,
    timeScale: readVariable('TIME_SCALE', env),
    vusScale: readVariable('VUS_SCALE', env),
    seed: readVariable('SEED', env),
    labels,
  };
}
