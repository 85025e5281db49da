import type { TargetEnvironment } from '../definition/index.ts';
import type { Decision, Diagnosis, JudgedCriterion, Result, RunOutcome, Verdict } from '../evidence/index.ts';
import { fixableCauses } from '../judging/index.ts';
import { formatPercent, pluralize } from '../numbers/index.ts';

export const CAMPAIGN_VERSION = 1;

/** The result of running all tests of one product in turn. The published schema is campaign.schema.json. */
export interface Campaign {
  schemaVersion: typeof CAMPAIGN_VERSION;
  id: string;
  product: string;
  startedAt: string;
  /** Time at which the campaign ended. Null while it is running or if it was interrupted. */
  endedAt: string | null;
  settings: CampaignSettings;
  /**
   * Names of the environment variables that the tests read or that were set for the campaign. Values are not stored.
   */
  variables: string[];
  /** Descriptions of the variables that the product declares. Absent in campaigns of earlier versions. */
  productVariables?: { name: string; description: string; secret: boolean }[];
  /** Tests of the campaign, in the order in which they run. */
  tests: CampaignTest[];
  /** The verdict on the whole campaign. Null until the campaign ends. */
  verdict: CampaignVerdict | null;
}

/** Settings that all runs of a campaign share. A resumed campaign must have the same settings. */
export interface CampaignSettings {
  environment: TargetEnvironment;
  /** URL of the target. Null if every test starts its own reference service. */
  apiUrl: string | null;
  timeScale: number;
  vusScale: number;
  seed: number;
  labels: Record<string, string>;
  /** Environment variables that change the defaults of the reference service. */
  targetSettings?: Record<string, string>;
}

export interface CampaignTest {
  test: string;
  /** Planned duration of the workload. */
  plannedMs: number;
  run: CampaignRun | null;
}

export interface CampaignRun {
  id: string;
  /** Path of the run folder relative to the campaign folder, with slashes as separators. */
  folder: string;
  outcome: RunOutcome;
  decision: Decision;
}

export interface CampaignVerdict extends Verdict {
  /** Problems that must be fixed before a CONDITIONAL GO becomes a GO. */
  conditions: string[];
  /** Confidence in the verdict. Null if the verdict is INCONCLUSIVE or INVALID. */
  confidence: Confidence | null;
}

export interface Confidence {
  /** The smallest share among the factors of the confidence, because the least reliable factor limits the verdict. */
  value: number;
  restsOn: ConfidenceFactor[];
}

export interface ConfidenceFactor {
  what: string;
  share: number;
  /** Counts from which the share of this factor is calculated, such as `2 of 2`. */
  how: string;
}

/** A test of a campaign and its result. The result is null if the test was not run. */
export interface CampaignTestResult {
  test: string;
  result: Result | null;
}

/**
 * Tests that most products have, from the cheapest to the most expensive, so that a broken target ends the campaign
 * early.
 */
const ORDER = ['smoke', 'baseline', 'peak', 'spike', 'endurance', 'business-flow'];

/** If the verdict on this test is not GO, the campaign ends without running the other tests. */
export const GATE_TEST = 'smoke';

/** Sorts tests for a campaign: first the tests that most products have, then all other tests by name. */
export function inCampaignOrder(tests: readonly string[]): string[] {
  const known = ORDER.filter((test) => tests.includes(test));
  return [...known, ...tests.filter((test) => !ORDER.includes(test)).sort()];
}

const assignmentsText = (values: Record<string, string>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(', ') || 'none';

/** Describes each setting that differs between two campaigns. Returns one line per setting. */
export function settingsDifferences(before: CampaignSettings, now: CampaignSettings): string[] {
  const textsOf = (settings: CampaignSettings): Record<string, string> => ({
    'environment (TEST_ENV)': settings.environment,
    'target (API_URL)': settings.apiUrl ?? 'its own reference service',
    'time scale': String(settings.timeScale),
    'VUs scale': String(settings.vusScale),
    seed: String(settings.seed),
    labels: assignmentsText(settings.labels),
    'reference service settings': assignmentsText(settings.targetSettings ?? {}),
  });
  const oldTexts = textsOf(before);
  return Object.entries(textsOf(now)).flatMap(([name, value]) =>
    value === oldTexts[name] ? [] : `${name}: was ${oldTexts[name]}, is now ${value}`,
  );
}

/** The confidence level of all intervals that statistics.ts calculates. */
const INTERVAL_LEVEL = 0.95;

/**
 * Decides the verdict of a campaign by the first rule that applies:
 * 1. NO_GO if a test is NO_GO.
 * 2. INVALID if every test is INVALID, or else INCONCLUSIVE if a test is INVALID or INCONCLUSIVE.
 * 3. NO_GO if the critical failures do not share one fixable cause. This also applies if each failure has a different
 *    fixable cause, because no run shows that fixing all causes together is enough.
 * 4. CONDITIONAL_GO if the critical failures share one fixable cause, or if only minor criteria fail.
 * 5. GO.
 */
export function judgeCampaign(tests: readonly CampaignTestResult[]): CampaignVerdict {
  const rejected = tests.filter((test) => decisionOf(test) === 'NO_GO');
  if (rejected.length > 0) return noGo(tests, rejected.map(reasonOf));

  const failing = tests.filter(isFailing);
  const undecided = tests.filter((test) => UNDECIDED.has(decisionOf(test)));
  if (undecided.length > 0) {
    const decision = tests.every((test) => decisionOf(test) === 'INVALID') ? 'INVALID' : 'INCONCLUSIVE';
    const reasons = [...undecided.map(reasonOf), ...failing.map(causesText)];
    return { decision, reasons, conditions: [], confidence: null };
  }

  const cause = commonCause(failing);
  if (failing.length > 0 && !cause)
    return noGo(tests, [...failing.map(causesText), 'the failures do not share one fixable cause']);

  const conditional = tests.filter((test) => decisionOf(test) === 'CONDITIONAL_GO');
  const minor = conditional.filter((test) => !failing.includes(test));
  const factors = [judgedFactor(tests), criteriaFactor(tests), INTERVAL_FACTOR];
  if (conditional.length === 0)
    return {
      decision: 'GO',
      reasons: [tests.length === 1 ? 'the only test is GO' : `all ${tests.length} tests are GO`],
      conditions: [],
      confidence: confidenceFrom(factors),
    };
  return {
    decision: 'CONDITIONAL_GO',
    reasons: [...(cause ? [commonCauseText(cause)] : []), ...minor.map(reasonOf)],
    conditions: [...(cause ? conditionsFrom(cause) : []), ...minor.map(reasonOf)],
    confidence: confidenceFrom([...factors, ...(cause ? [diagnosisFactor(cause)] : [])]),
  };
}

/** A test that was not run counts as INVALID. */
const decisionOf = ({ result }: CampaignTestResult): Decision => result?.verdict.decision ?? 'INVALID';

const UNDECIDED = new Set<Decision>(['INVALID', 'INCONCLUSIVE']);

const DECISION_WORDS: Record<Decision, string> = {
  GO: 'passes',
  CONDITIONAL_GO: 'passes except for minor criteria',
  NO_GO: 'fails',
  INCONCLUSIVE: 'is inconclusive',
  INVALID: 'is invalid',
};

function reasonOf(testResult: CampaignTestResult): string {
  const { test, result } = testResult;
  if (!result) return `${test} was not run`;
  const words = DECISION_WORDS[isFailing(testResult) ? 'NO_GO' : decisionOf(testResult)];
  return `${test} ${words}: ${result.verdict.reasons.join('; ')}`;
}

const isFailedCritically = ({ severity, status }: JudgedCriterion) => severity === 'critical' && status === 'fail';

/** Returns false for an INVALID run, because its criteria do not describe the target. */
export const isJudged = ({ verdict }: Result): boolean => verdict.decision !== 'INVALID';

/** Returns the IDs of the critical criteria that failed in a run. */
export const failedCriticalCriteria = ({ criteria }: Result): string[] =>
  criteria.filter(isFailedCritically).map(({ id }) => id);

const isFailing = ({ result }: CampaignTestResult): boolean =>
  result !== null && isJudged(result) && failedCriticalCriteria(result).length > 0;

/** One cause, and all diagnoses of that cause, each with the name of the diagnosed test. */
type CommonCause = { test: string; diagnosis: Diagnosis }[];

/**
 * Finds the fixable cause that explains every failure of the given tests. If several causes explain every failure,
 * returns the cause with the highest confidence.
 */
function commonCause(failing: readonly CampaignTestResult[]): CommonCause | null {
  const diagnosed = failing.map(({ test, result }) => ({ test, diagnoses: diagnosesOf(result) }));
  const candidates = (diagnosed[0]?.diagnoses ?? []).flatMap(({ cause }) => {
    const sameCause = diagnosed.flatMap(({ test, diagnoses }) => {
      const diagnosis = diagnoses.find((candidate) => candidate.cause === cause);
      return diagnosis ? [{ test, diagnosis }] : [];
    });
    return sameCause.length === failing.length ? [sameCause] : [];
  });
  return candidates.sort((a, b) => confidenceOf(b) - confidenceOf(a))[0] ?? null;
}

/** Returns the diagnoses that explain every failure of a test and that a configuration change fixes. */
const diagnosesOf = (result: Result | null): Diagnosis[] =>
  result ? fixableCauses(result.criteria, result.diagnosis) : [];

const confidenceOf = (cause: CommonCause) => Math.min(...cause.map(({ diagnosis }) => diagnosis.confidence));

const titleOf = (cause: CommonCause) => cause[0]?.diagnosis.title ?? '';

function causesText(testResult: CampaignTestResult): string {
  const causes = diagnosesOf(testResult.result);
  return causes.length === 0
    ? reasonOf(testResult)
    : `${testResult.test} fails (diagnosis: ${causes.map(({ title }) => title).join(', or ')})`;
}

const commonCauseText = (cause: CommonCause) =>
  `${cause.map(({ test }) => test).join(', ')} ${cause.length === 1 ? 'fails' : 'fail'} because of one cause: ${titleOf(cause)}`;

/**
 * Lists the recommendations for fixing a cause. For each recommendation, names the tests whose diagnosis contains it.
 */
function conditionsFrom(cause: CommonCause): string[] {
  const recommendations = new Set(cause.map(({ diagnosis }) => diagnosis.recommendation));
  return [...recommendations].map((recommendation) => {
    const from = cause.filter(({ diagnosis }) => diagnosis.recommendation === recommendation);
    return `${titleOf(cause)} (${from.map(({ test }) => test).join(', ')}): ${recommendation}`;
  });
}

function noGo(tests: readonly CampaignTestResult[], reasons: string[]): CampaignVerdict {
  const failed = tests.flatMap(({ result }) => (result && isJudged(result) ? failedCriticalCriteria(result) : []));
  const how = `${pluralize(failed.length, 'critical criterion', 'critical criteria')} failed over the whole interval`;
  return {
    decision: 'NO_GO',
    reasons,
    conditions: [],
    confidence: confidenceFrom([{ ...INTERVAL_FACTOR, how }]),
  };
}

const INTERVAL_FACTOR: ConfidenceFactor = {
  what: 'confidence level of the intervals',
  share: INTERVAL_LEVEL,
  how: 'a criterion passes or fails only if its whole interval is on one side of the limit',
};

function judgedFactor(tests: readonly CampaignTestResult[]): ConfidenceFactor {
  const judged = tests.filter((test) => !UNDECIDED.has(decisionOf(test))).length;
  return { what: 'tests judged', share: judged / tests.length, how: `${judged} of ${tests.length}` };
}

function criteriaFactor(tests: readonly CampaignTestResult[]): ConfidenceFactor {
  const criteria = tests.flatMap(({ result }) => result?.criteria ?? []);
  const clear = criteria.filter(({ status }) => status === 'pass' || status === 'fail').length;
  return {
    what: 'criteria that pass or fail',
    share: clear / criteria.length,
    how: `${clear} of ${criteria.length}`,
  };
}

function diagnosisFactor(cause: CommonCause): ConfidenceFactor {
  return {
    what: `diagnosis: ${titleOf(cause)}`,
    share: confidenceOf(cause),
    how: cause.map(({ test, diagnosis }) => `${test} ${formatPercent(diagnosis.confidence)}`).join(', '),
  };
}

const confidenceFrom = (restsOn: ConfidenceFactor[]): Confidence => ({
  value: Math.min(...restsOn.map(({ share }) => share)),
  restsOn,
});
