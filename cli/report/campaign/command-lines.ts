import type { Campaign, CampaignSettings } from '../../../lib/core/across-runs/index.ts';
import { SUITE_VARIABLES } from '../../../lib/core/definition/index.ts';
import { RESULTS } from '../../support/paths.ts';

/**
 * The command that resumes an interrupted campaign.
 * @param results folder with its results, if it is not the default one
 */
export const resumeCommandLine = (campaign: Campaign, results: string = RESULTS): string =>
  [campaignCommandLine(campaign), ...(results === RESULTS ? [] : [`--results ${quoted(results)}`]), '--resume'].join(
    ' ',
  );

/** Message for an interrupted campaign. */
export const resumeInstructions = (campaign: Campaign, results: string): string =>
  `Finished tests are kept. To resume in the same environment, run: ${resumeCommandLine(campaign, results)}`;

/** The command that runs the same campaign again. */
export const campaignCommandLine = ({ product, settings }: Campaign): string =>
  command('npm run campaign --', product, settings);

/** The command that runs one test of the campaign again. */
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

/** Quotes a text for a shell if it needs quotes. */
const quoted = (text: string) => (/^[\w.,:/=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
