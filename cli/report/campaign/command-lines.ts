import type { Campaign, CampaignSettings } from '../../../lib/core/across-runs/index.ts';
import { SUITE_VARIABLES } from '../../../lib/core/definition/index.ts';
import { RESULTS } from '../../support/paths.ts';

/**
 * Returns the command line that resumes an interrupted campaign.
 * @param results the results folder of the campaign, if it is not the default folder
 */
export const resumeCommandLine = (campaign: Campaign, results: string = RESULTS): string =>
  [campaignCommandLine(campaign), ...(results === RESULTS ? [] : [`--results ${quoted(results)}`]), '--resume'].join(
    ' ',
  );

/** Returns the message that is shown when a campaign is interrupted. */
export const resumeInstructions = (campaign: Campaign, results: string): string =>
  `Finished tests are kept. To resume in the same environment, run: ${resumeCommandLine(campaign, results)}`;

/** Returns the command line that runs the same campaign again. */
export const campaignCommandLine = ({ product, settings }: Campaign): string =>
  command('npm run campaign --', product, settings);

/** Returns the command line that runs a single test of the campaign again. */
export const testCommandLine = ({ product, settings }: Campaign, test: string): string =>
  command('npm run suite -- run', `${product}/${test}`, settings);

function command(script: string, argument: string, settings: CampaignSettings): string {
  const { environment, apiUrl, timeScale, vusScale, seed, labels, targetSettings = {} } = settings;
  return [
    ...Object.entries(targetSettings).map(([name, value]) => `${name}=${quoted(value)}`),
    ...(environment === SUITE_VARIABLES.TEST_ENV.fallback ? [] : [`TEST_ENV=${environment}`]),
    ...(apiUrl === null ? [] : [`API_URL=${quoted(apiUrl)}`]),
    script,
    argument,
    ...(timeScale === SUITE_VARIABLES.TIME_SCALE.fallback ? [] : [`--time-scale ${timeScale}`]),
    ...(vusScale === SUITE_VARIABLES.VUS_SCALE.fallback ? [] : [`--vus-scale ${vusScale}`]),
    ...(seed === SUITE_VARIABLES.SEED.fallback ? [] : [`--seed ${seed}`]),
    ...Object.entries(labels).map(([key, value]) => `--label ${quoted(`${key}=${value}`)}`),
    ...(environment === 'production' ? ['--allow-production'] : []),
  ].join(' ');
}

/** Adds shell quotes to a text, but only if the shell would otherwise change the text. */
const quoted = (text: string) => (/^[\w.,:/=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
