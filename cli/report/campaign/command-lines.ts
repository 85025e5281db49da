import type { Campaign, CampaignSettings } from '../../../lib/core/across-runs/index.ts';
import { SUITE_VARIABLES } from '../../../lib/core/definition/index.ts';
import { RESULTS } from '../../support/paths.ts';

/**
 * The command that goes on with a campaign that was broken off.
 * @param results folder of its results, where that is not the usual one
 */
export const resumeCommandLine = (campaign: Campaign, results: string = RESULTS): string =>
  [
    campaignCommandLine(campaign),
    ...(results === RESULTS ? [] : [`--results ${quoted(results)}`]),
    '--resume',
  ].join(' ');

/** Told where a campaign was broken off. */
export const resumeInstructions = (campaign: Campaign, results: string): string =>
  `What was done stays. To go on, in the same environment: ${resumeCommandLine(campaign, results)}`;

/** The command that makes the same campaign again, as a person types it. */
export const campaignCommandLine = ({ product, settings }: Campaign): string =>
  command('npm run campaign --', product, settings);

/** The command that runs one of its tests again. */
export const testCommandLine = ({ product, settings }: Campaign, test: string): string =>
  command('npm run suite -- run', `${product}/${test}`, settings);

function command(script: string, what: string, settings: CampaignSettings): string {
  const { environment, apiUrl, timeScale, vusScale, seed, labels, targetSettings = {} } = settings;
  return [
    ...Object.entries(targetSettings).map(([name, value]) => `${name}=${quoted(value)}`),
    ...(environment === SUITE_VARIABLES.TEST_ENV.fallback ? [] : [`TEST_ENV=${environment}`]),
    ...(apiUrl === null ? [] : [`API_URL=${quoted(apiUrl)}`]),
    script,
    what,
    ...(timeScale === SUITE_VARIABLES.TIME_SCALE.fallback ? [] : [`--time-scale ${timeScale}`]),
    ...(vusScale === SUITE_VARIABLES.VUS_SCALE.fallback ? [] : [`--vus-scale ${vusScale}`]),
    ...(seed === SUITE_VARIABLES.SEED.fallback ? [] : [`--seed ${seed}`]),
    ...Object.entries(labels).map(([key, value]) => `--label ${quoted(`${key}=${value}`)}`),
    ...(environment === 'production' ? ['--allow-production'] : []),
  ].join(' ');
}

/** For a shell, where it needs quotes at all. */
const quoted = (text: string) =>
  /^[\w.,:/=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
