import {
  CAMPAIGN_VERSION,
  type Campaign,
  type CampaignSettings,
  type CampaignTestResult,
  judgeCampaign,
  settingsDifferences,
} from '../../lib/core/across-runs/index.ts';
import { readVariable, SUITE_VARIABLES, type TestPlan } from '../../lib/core/definition/index.ts';
import type { Result } from '../../lib/core/evidence/index.ts';
import { formatDuration } from '../../lib/core/numbers/index.ts';
import { resumeCommandLine, resumeInstructions } from '../report/campaign/command-lines.ts';
import { listTests } from '../run/bundle.ts';
import type { Interruption } from '../run/interruption.ts';
import { settingsOfTarget, startsOwnTarget } from '../run/local-target.ts';
import { plansOf } from '../run/plans.ts';
import type { Settings } from '../run/run-settings.ts';
import { newRunId } from '../run/run-start.ts';
import { runInSeries, type SeriesRequest } from '../run/run-test.ts';
import { testsOf } from '../run/test-name.ts';
import { Problem } from '../support/problem.ts';
import { lockSeries } from '../support/run-lock.ts';
import type { Terminal } from '../support/terminal.ts';
import { CampaignFolder, latestUnfinishedCampaign } from './campaign-folder.ts';
import { runTestsInSequence } from './sequence.ts';

export interface CampaignRequest extends Omit<SeriesRequest, 'test'> {
  product: string;
  /** Whether to resume the latest unfinished campaign instead of starting a new campaign. */
  resume: boolean;
}

export interface CampaignReport {
  campaign: Campaign;
  tests: CampaignTestResult[];
  folder: string;
}

/**
 * Runs all tests of a product in turn. Writes the state of the campaign after every test.
 * @param onTested called after every test
 * @throws Problem if a run cannot start; the results of finished runs are kept
 */
export async function runCampaign(
  request: CampaignRequest,
  interruption: Interruption,
  terminal: Terminal,
  onTested: (result: Result, index: number, campaign: Campaign) => void,
): Promise<CampaignReport> {
  const { product, resume, ...load } = request;
  const { labels, results } = load;
  const names = testsOf([product], await listTests());
  const settings = await settingsOf(product, load.settings, labels);
  await using _lock = await lockSeries(`campaign of ${product}`);
  const { campaign, folder } = resume
    ? await resumeCampaign(results, product, settings)
    : await beginCampaign(request, names, settings, interruption.stop, terminal);
  terminal.line(overviewOf(campaign));

  const ended = await runTestsInSequence(campaign, {
    async run({ test, plannedMs }, index) {
      terminal.line(
        `Test ${index + 1} of ${campaign.tests.length}: ${test}, ${formatDuration(plannedMs)}; ${formatDuration(remainingMs(campaign))} remaining in the campaign`,
      );
      const report = await runInSeries({ ...load, test: `${product}/${test}` }, interruption, terminal);
      const { result, writeProblem: unwritten } = report;
      onTested(result, index, campaign);
      if (unwritten) throw unwritten;
      const { run, verdict } = result;
      return {
        id: run.id,
        folder: folder.relativePath(report.folder),
        outcome: run.outcome,
        decision: verdict.decision,
      };
    },
    save: (state) => folder.write(state),
  }).catch((error: unknown) => {
    if (!(error instanceof Problem) || !campaign.tests.some(({ run }) => run)) throw error;
    throw new Problem(`${error.message}\n${resumeInstructions(campaign, results)}`, error.code);
  });

  const tests = await folder.readResults(campaign);
  if (ended) {
    campaign.endedAt = new Date().toISOString();
    campaign.verdict = judgeCampaign(tests);
    await folder.write(campaign);
  }
  return { campaign, tests, folder: folder.path };
}

/** Returns the settings that all runs of the campaign share. */
async function settingsOf(
  product: string,
  { environment, apiUrl, scale, seed, env }: Settings,
  labels: Record<string, string>,
): Promise<CampaignSettings> {
  const ownTarget = startsOwnTarget(environment, env);
  return {
    environment,
    apiUrl: apiUrl && readVariable('API_URL', env),
    timeScale: scale.time,
    vusScale: scale.vus,
    seed,
    labels,
    ...(ownTarget && { targetSettings: await settingsOfTarget(product, env) }),
  };
}

async function beginCampaign(
  { product, results, settings: { env } }: CampaignRequest,
  names: readonly string[],
  sharedSettings: CampaignSettings,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<{ campaign: Campaign; folder: CampaignFolder }> {
  const plans = await plansOf(names, env, signal, terminal);
  const now = new Date();
  const campaign: Campaign = {
    schemaVersion: CAMPAIGN_VERSION,
    id: newRunId(now),
    product,
    startedAt: now.toISOString(),
    endedAt: null,
    settings: sharedSettings,
    ...campaignVariables(plans, env),
    tests: plans.map(({ test, workload }) => ({ test, plannedMs: workload.durationMs, run: null })),
    verdict: null,
  };
  return { campaign, folder: CampaignFolder.forCampaign(results, campaign) };
}

/** Variables that the command for repeating the campaign shows as command-line options, not as variables. */
const GIVEN_AS_OPTIONS = new Set<string>(['TIME_SCALE', 'VUS_SCALE', 'SEED']);

function campaignVariables(
  plans: readonly TestPlan[],
  env: NodeJS.ProcessEnv,
): Pick<Campaign, 'variables' | 'productVariables'> {
  const declared = new Map(plans.flatMap((plan) => plan.variables).map((variable) => [variable.name, variable]));
  const suiteVariables = Object.keys(SUITE_VARIABLES).filter(
    (name) => name === 'API_URL' || (env[name] && !GIVEN_AS_OPTIONS.has(name)),
  );
  return {
    variables: [...suiteVariables, ...declared.keys()],
    productVariables: [...declared.values()].map(({ name, description, kind }) => ({
      name,
      description,
      secret: kind === 'secret',
    })),
  };
}

async function resumeCampaign(
  results: string,
  product: string,
  settings: CampaignSettings,
): Promise<{ campaign: Campaign; folder: CampaignFolder }> {
  const { campaign, folder } = await latestUnfinishedCampaign(results, product);
  const differences = settingsDifferences(campaign.settings, settings);
  if (differences.length > 0)
    throw new Problem(
      [
        `Campaign ${campaign.id} cannot be resumed with different settings:`,
        ...differences.map((line) => `  ${line}`),
        `Resume it with its original settings: ${resumeCommandLine(campaign, results)}`,
        'Or start a new campaign without --resume.',
      ].join('\n'),
    );
  for (const test of campaign.tests) if (test.run && !folder.hasResult(test.run)) test.run = null;
  return { campaign, folder };
}

const isRemaining = ({ run }: Campaign['tests'][number]) => run?.outcome !== 'completed';

/** Returns the planned duration of the tests that have not completed. */
const remainingMs = ({ tests }: Campaign): number =>
  tests.filter(isRemaining).reduce((sum, { plannedMs }) => sum + plannedMs, 0);

function overviewOf(campaign: Campaign): string {
  const { id, product, tests } = campaign;
  const remaining = tests.filter(isRemaining).map(({ test }) => test);
  const done = tests.length - remaining.length;
  return [
    `Campaign ${id} of ${product}: ${remaining.join(', ')}`,
    ...(done > 0 ? [`${done} of ${tests.length} tests are done`] : []),
    `at most ${formatDuration(remainingMs(campaign))} of load`,
  ].join('; ');
}
