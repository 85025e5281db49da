import type { TargetEnvironment } from '../definition/index.ts';
import type { Decision, Diagnosis, JudgedCriterion, Result, RunOutcome, Verdict } from '../evidence/index.ts';
import { fixableCauses } from '../judging/index.ts';
import { formatPercent, pluralize } from '../numbers/index.ts';

export const CAMPAIGN_VERSION = 1;

/** All tests of one product, one after the other; campaign.schema.json is its published form. */
export interface Campaign {
  schemaVersion: typeof CAMPAIGN_VERSION;
  id: string;
  product: string;
  startedAt: string;
  /** Null while it goes on, and where it was broken off. */
  endedAt: string | null;
  settings: CampaignSettings;
  /** Environment variables that its tests take or that were set for it: their names alone. */
  variables: string[];
  /** What the product says of its own among them; absent in campaigns of earlier versions. */
  productVariables?: { name: string; description: string; secret: boolean }[];
  /** In the order in which they are run. */
  tests: CampaignTest[];
  /** Null as long as it has not ended. */
  verdict: CampaignVerdict | null;
}

/** What all its runs have in common, and what has to be the same where a campaign is resumed. */
export interface CampaignSettings {
  environment: TargetEnvironment;
  /** Null where every test starts a reference service of its own. */
  apiUrl: string | null;
  timeScale: number;
  vusScale: number;
  seed: number;
  labels: Record<string, string>;
  /** Environment variables that make the reference service another than it is by default. */
  targetSettings?: Record<string, string>;
}

export interface CampaignTest {
  test: string;
  /** Length of its workload. */
  plannedMs: number;
  run: CampaignRun | null;
}

export interface CampaignRun {
  id: string;
  /** From the folder of the campaign, with slashes. */
  folder: string;
  outcome: RunOutcome;
  decision: Decision;
}

export interface CampaignVerdict extends Verdict {
  /** What has to be done before a CONDITIONAL GO is a GO. */
  conditions: string[];
  /** Null where there is nothing decided to be confident of. */
  confidence: Confidence | null;
}

export interface Confidence {
  /** The smallest of the shares that it rests on: a verdict stands no firmer than its weakest support. */
  value: number;
  restsOn: ConfidenceFactor[];
}

export interface ConfidenceFactor {
  what: string;
  share: number;
  /** Where the share comes from, in numbers. */
  how: string;
}

/** A test of a campaign, and what it came to: null where it was not run. */
export interface CampaignTestResult {
  test: string;
  result: Result | null;
}

/** Tests that most products have, cheapest first: what cannot work at all ends the campaign early. */
const ORDER = ['smoke', 'baseline', 'peak', 'spike', 'endurance', 'business-flow'];

/** Where this is not GO, none of the others is worth its time. */
export const GATE_TEST = 'smoke';

/** Tests in the order of a campaign: those that most products have, then a product's own by name. */
export function inCampaignOrder(tests: readonly string[]): string[] {
  const known = ORDER.filter((test) => tests.includes(test));
  return [...known, ...tests.filter((test) => !ORDER.includes(test)).sort()];
}

const listed = (values: Record<string, string>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(', ') || 'none';

/** How the settings differ, a line each. */
export function settingsDifferences(before: CampaignSettings, now: CampaignSettings): string[] {
  const shown = (settings: CampaignSettings): Record<string, string> => ({
    'environment (TEST_ENV)': settings.environment,
    'target (API_URL)': settings.apiUrl ?? 'a reference service of its own',
    'time scale': String(settings.timeScale),
    'VUs scale': String(settings.vusScale),
    seed: String(settings.seed),
    labels: listed(settings.labels),
    'settings of the reference service': listed(settings.targetSettings ?? {}),
  });
  const then = shown(before);
  return Object.entries(shown(now)).flatMap(([name, value]) =>
    value === then[name] ? [] : `${name} was ${then[name]} and is ${value} now`,
  );
}

/** The level of every interval: see statistics.ts. */
const INTERVAL_LEVEL = 0.95;

/**
 * The judgement over all tests of a campaign, by the first that applies: a broken promise weighs more than one that
 * could not be looked at, and that more than one which a known change would keep. Failures that come down to several
 * causes are NO_GO also where each could be mended: nothing shows that mending all of them at once is enough.
 */
export function judgeCampaign(tests: readonly CampaignTestResult[]): CampaignVerdict {
  const broken = tests.filter((tested) => decisionOf(tested) === 'NO_GO');
  if (broken.length > 0) return noGo(tests, broken.map(reasonOf));

  const failing = tests.filter(isFailing);
  const undecided = tests.filter((tested) => UNDECIDED.has(decisionOf(tested)));
  if (undecided.length > 0) {
    const decision = tests.every((tested) => decisionOf(tested) === 'INVALID') ? 'INVALID' : 'INCONCLUSIVE';
    const reasons = [...undecided.map(reasonOf), ...failing.map(causesTold)];
    return { decision, reasons, conditions: [], confidence: null };
  }

  const cause = commonCause(failing);
  if (failing.length > 0 && !cause)
    return noGo(tests, [...failing.map(causesTold), 'what fails does not come down to one cause']);

  const conditional = tests.filter((tested) => decisionOf(tested) === 'CONDITIONAL_GO');
  const minor = conditional.filter((tested) => !failing.includes(tested));
  const supports = [judgedSupport(tests), criteriaSupport(tests), INTERVALS];
  if (conditional.length === 0)
    return {
      decision: 'GO',
      reasons: [tests.length === 1 ? 'its one test is GO' : `all ${tests.length} tests are GO`],
      conditions: [],
      confidence: weakestOf(supports),
    };
  return {
    decision: 'CONDITIONAL_GO',
    reasons: [...(cause ? [oneCause(cause)] : []), ...minor.map(reasonOf)],
    conditions: [...(cause ? mending(cause) : []), ...minor.map(reasonOf)],
    confidence: weakestOf([...supports, ...(cause ? [diagnosisSupport(cause)] : [])]),
  };
}

/** What was not run supports no verdict either. */
const decisionOf = ({ result }: CampaignTestResult): Decision => result?.verdict.decision ?? 'INVALID';

const UNDECIDED = new Set<Decision>(['INVALID', 'INCONCLUSIVE']);

const WORDS: Record<Decision, string> = {
  GO: 'holds',
  CONDITIONAL_GO: 'passes all but minor criteria',
  NO_GO: 'fails',
  INCONCLUSIVE: 'is inconclusive',
  INVALID: 'supports no verdict',
};

function reasonOf(tested: CampaignTestResult): string {
  const { test, result } = tested;
  if (!result) return `${test} was not run`;
  const words = WORDS[isFailing(tested) ? 'NO_GO' : decisionOf(tested)];
  return `${test} ${words}: ${result.verdict.reasons.join('; ')}`;
}

const isFailedCritically = ({ severity, status }: JudgedCriterion) =>
  severity === 'critical' && status === 'fail';

/** Whether its criteria say anything of the target. */
export const isJudged = ({ verdict }: Result): boolean => verdict.decision !== 'INVALID';

/** Ids of the critical criteria that fail. */
export const failedCriticalCriteria = ({ criteria }: Result): string[] =>
  criteria.filter(isFailedCritically).map(({ id }) => id);

const isFailing = ({ result }: CampaignTestResult): boolean =>
  result !== null && isJudged(result) && failedCriticalCriteria(result).length > 0;

/** One diagnosed cause, and the tests whose failures it accounts for. */
type Explained = { test: string; diagnosis: Diagnosis }[];

/** The fixable cause that accounts for every failure in every one of these tests; the surest, where there are several. */
function commonCause(failing: readonly CampaignTestResult[]): Explained | null {
  const explained = failing.map(({ test, result }) => ({
    test,
    diagnoses: result ? fixableCauses(result.criteria, result.diagnosis) : [],
  }));
  const candidates = (explained[0]?.diagnoses ?? []).flatMap(({ cause }) => {
    const everywhere = explained.flatMap(({ test, diagnoses }) => {
      const diagnosis = diagnoses.find((one) => one.cause === cause);
      return diagnosis ? [{ test, diagnosis }] : [];
    });
    return everywhere.length === failing.length ? [everywhere] : [];
  });
  return candidates.sort((a, b) => surenessOf(b) - surenessOf(a))[0] ?? null;
}

const surenessOf = (cause: Explained) => Math.min(...cause.map(({ diagnosis }) => diagnosis.confidence));

const titleOf = (cause: Explained) => cause[0]?.diagnosis.title ?? '';

function causesTold(tested: CampaignTestResult): string {
  const causes = tested.result ? fixableCauses(tested.result.criteria, tested.result.diagnosis) : [];
  return causes.length === 0
    ? reasonOf(tested)
    : `${tested.test} fails for: ${causes.map(({ title }) => title).join(', or ')}`;
}

const oneCause = (cause: Explained) =>
  `${cause.map(({ test }) => test).join(', ')} ${cause.length === 1 ? 'fails' : 'fail'} for one cause: ${titleOf(cause)}`;

/** What mends it, each recommendation with the tests that it comes from. */
function mending(cause: Explained): string[] {
  const recommendations = new Set(cause.map(({ diagnosis }) => diagnosis.recommendation));
  return [...recommendations].map((recommendation) => {
    const from = cause.filter(({ diagnosis }) => diagnosis.recommendation === recommendation);
    return `${titleOf(cause)} (${from.map(({ test }) => test).join(', ')}): ${recommendation}`;
  });
}

function noGo(tests: readonly CampaignTestResult[], reasons: string[]): CampaignVerdict {
  const failed = tests.flatMap(({ result }) =>
    result && isJudged(result) ? failedCriticalCriteria(result) : [],
  );
  const how = `${pluralize(failed.length, 'critical criterion', 'critical criteria')} broken with the whole of the interval`;
  return { decision: 'NO_GO', reasons, conditions: [], confidence: weakestOf([{ ...INTERVALS, how }]) };
}

const INTERVALS: ConfidenceFactor = {
  what: 'level of the intervals',
  share: INTERVAL_LEVEL,
  how: 'a criterion passes or fails with the whole of its interval',
};

function judgedSupport(tests: readonly CampaignTestResult[]): ConfidenceFactor {
  const judged = tests.filter((tested) => !UNDECIDED.has(decisionOf(tested))).length;
  return { what: 'tests judged', share: judged / tests.length, how: `${judged} of ${tests.length}` };
}

function criteriaSupport(tests: readonly CampaignTestResult[]): ConfidenceFactor {
  const criteria = tests.flatMap(({ result }) => result?.criteria ?? []);
  const clear = criteria.filter(({ status }) => status === 'pass' || status === 'fail').length;
  return {
    what: 'criteria with a clear answer',
    share: clear / criteria.length,
    how: `${clear} of ${criteria.length}`,
  };
}

function diagnosisSupport(cause: Explained): ConfidenceFactor {
  return {
    what: `diagnosis: ${titleOf(cause)}`,
    share: surenessOf(cause),
    how: cause.map(({ test, diagnosis }) => `${test} ${formatPercent(diagnosis.confidence)}`).join(', '),
  };
}

const weakestOf = (restsOn: ConfidenceFactor[]): Confidence => ({
  value: Math.min(...restsOn.map(({ share }) => share)),
  restsOn,
});
