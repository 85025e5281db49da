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
import { newId } from '../run/run-start.ts';
import { runOfSeries, type SeriesRequest } from '../run/run-test.ts';
import type { Settings } from '../run/settings.ts';
import { testsOf } from '../run/test-name.ts';
import { Problem } from '../support/problem.ts';
import { lockSeries } from '../support/run-lock.ts';
import type { Terminal } from '../support/terminal.ts';
import { CampaignFolder, latestUnfinishedCampaign } from './campaign-folder.ts';
import { runTestsInSequence } from './sequence.ts';

export interface CampaignRequest extends Omit<SeriesRequest, 'test'> {
  product: string;
  /** Go on with the latest campaign that was broken off. */
  resume: boolean;
}

export interface CampaignReport {
  campaign: Campaign;
  tests: CampaignTestResult[];
  folder: string;
}

/**
 * All tests of a product one after the other, and the report over them. State and results are kept after every test.
 * @param onTested told of every test as it ends
 * @throws Problem where a run cannot be made; what was done until then stays
 */
export async function runCampaign(
  request: CampaignRequest,
  interruption: Interruption,
  terminal: Terminal,
  onTested: (result: Result, place: number, campaign: Campaign) => void,
): Promise<CampaignReport> {
  const { product, resume, ...load } = request;
  const { labels, results } = load;
  const names = testsOf([product], await listTests());
  const settings = await settingsOf(product, load.settings, labels);
  await using _lock = await lockSeries(`campaign of ${product}`);
  const { campaign, folder } = resume
    ? await resumed(results, product, settings)
    : await begun(request, names, settings, interruption.stop, terminal);
  terminal.line(outlook(campaign));

  const ended = await runTestsInSequence(campaign, {
    async run({ test, plannedMs }, place) {
      terminal.line(
        `Test ${place + 1} of ${campaign.tests.length}: ${test}, ${formatDuration(plannedMs)}; ${formatDuration(loadDue(campaign))} in all to go`,
      );
      const report = await runOfSeries({ ...load, test: `${product}/${test}` }, interruption, terminal);
      const { result, unwritten } = report;
      onTested(result, place, campaign);
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

  const tests = await folder.results(campaign);
  if (ended) {
    campaign.endedAt = new Date().toISOString();
    campaign.verdict = judgeCampaign(tests);
    await folder.write(campaign);
  }
  return { campaign, tests, folder: folder.path };
}

/** What the runs of a campaign will have in common. */
async function settingsOf(
  product: string,
  { environment, apiUrl, scale, seed, env }: Settings,
  labels: Record<string, string>,
): Promise<CampaignSettings> {
  const own = startsOwnTarget(environment, env);
  return {
    environment,
    apiUrl: apiUrl && readVariable('API_URL', env),
    timeScale: scale.time,
    vusScale: scale.vus,
    seed,
    labels,
    ...(own && { targetSettings: await settingsOfTarget(product, env) }),
  };
}

async function begun(
  { product, results, settings: { env } }: CampaignRequest,
  names: readonly string[],
  inCommon: CampaignSettings,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<{ campaign: Campaign; folder: CampaignFolder }> {
  const plans = await plansOf(names, env, signal, terminal);
  const now = new Date();
  const campaign: Campaign = {
    schemaVersion: CAMPAIGN_VERSION,
    id: newId(now),
    product,
    startedAt: now.toISOString(),
    endedAt: null,
    settings: inCommon,
    ...campaignVariables(plans, env),
    tests: plans.map(({ test, workload }) => ({ test, plannedMs: workload.durationMs, run: null })),
    verdict: null,
  };
  return { campaign, folder: CampaignFolder.forCampaign(results, campaign) };
}

/** Options say these in the command that repeats it. */
const IN_THE_COMMAND = new Set<string>(['TIME_SCALE', 'VUS_SCALE', 'SEED']);

function campaignVariables(
  plans: readonly TestPlan[],
  env: NodeJS.ProcessEnv,
): Pick<Campaign, 'variables' | 'productVariables'> {
  const declared = new Map(plans.flatMap((plan) => plan.variables).map((one) => [one.name, one]));
  const ofSuite = Object.keys(SUITE_VARIABLES).filter(
    (name) => name === 'API_URL' || (env[name] && !IN_THE_COMMAND.has(name)),
  );
  return {
    variables: [...ofSuite, ...declared.keys()],
    productVariables: [...declared.values()].map(({ name, description, kind }) => ({
      name,
      description,
      secret: kind === 'secret',
    })),
  };
}

async function resumed(
  results: string,
  product: string,
  settings: CampaignSettings,
): Promise<{ campaign: Campaign; folder: CampaignFolder }> {
  const { campaign, folder } = await latestUnfinishedCampaign(results, product);
  const different = settingsDifferences(campaign.settings, settings);
  if (different.length > 0)
    throw new Problem(
      [
        `The campaign ${campaign.id} cannot be resumed with other settings:`,
        ...different.map((line) => `  ${line}`),
        `Resume it as it was begun: ${resumeCommandLine(campaign, results)}`,
        'Or start a new one without --resume.',
      ].join('\n'),
    );
  for (const test of campaign.tests) if (test.run && !folder.hasResult(test.run)) test.run = null;
  return { campaign, folder };
}

const isDue = ({ run }: Campaign['tests'][number]) => run?.outcome !== 'completed';

/** Length of what is still to be run, as the plans have it. */
const loadDue = ({ tests }: Campaign): number =>
  tests.filter(isDue).reduce((sum, { plannedMs }) => sum + plannedMs, 0);

function outlook(campaign: Campaign): string {
  const { id, product, tests } = campaign;
  const due = tests.filter(isDue).map(({ test }) => test);
  const done = tests.length - due.length;
  return [
    `Campaign ${id} of ${product}: ${due.join(', ')}`,
    ...(done > 0 ? [`${done} of ${tests.length} tests are done`] : []),
    `at most ${formatDuration(loadDue(campaign))} of load`,
  ].join('; ');
}
