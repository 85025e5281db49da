import {
  CAUSES,
  type Cause,
  type Diagnosis,
  type Evidence,
  type Finding,
  type JudgedCriterion,
} from '../../evidence/index.ts';
import { authenticationFailing } from './authentication-failing.ts';
import { cacheThrashing } from './cache-thrashing.ts';
import { circuitBreakerOpen } from './circuit-breaker-open.ts';
import { coldStart } from './cold-start.ts';
import { connectionLeak } from './connection-leak.ts';
import { cpuSaturated } from './cpu-saturated.ts';
import { databaseLock } from './database-lock.ts';
import { databasePoolExhausted } from './database-pool-exhausted.ts';
import { databaseUnavailable } from './database-unavailable.ts';
import { explainsFailure } from './effects.ts';
import { failingDependency } from './failing-dependency.ts';
import { losesWork } from './flow-failures.ts';
import { generatorSaturated } from './generator-saturated.ts';
import { loadNotDelivered } from './load-not-delivered.ts';
import { memoryLeak } from './memory-leak.ts';
import { nothingCrashed, processCrash } from './process-crash.ts';
import { rateLimited } from './rate-limited.ts';
import { nothingDamaged, recordsDamaged } from './records-damaged.ts';
import { routeMissing } from './route-missing.ts';
import {
  confidenceOf,
  type DiagnosisRule,
  MIN_FOUND_STRENGTH,
  type Signal,
  type Suspicion,
  strengthOf,
} from './rule.ts';
import { serviceOverloaded } from './service-overloaded.ts';
import { slowDependency } from './slow-dependency.ts';
import { unknownCause } from './unknown.ts';

/** In the order of `CAUSES`, so that of two equally likely causes the one that can lead to the other comes first. */
export const DIAGNOSIS_RULES: readonly DiagnosisRule[] = [
  generatorSaturated,
  memoryLeak,
  cpuSaturated,
  processCrash,
  databaseUnavailable,
  databaseLock,
  connectionLeak,
  databasePoolExhausted,
  serviceOverloaded,
  recordsDamaged,
  authenticationFailing,
  routeMissing,
  rateLimited,
  circuitBreakerOpen,
  slowDependency,
  failingDependency,
  coldStart,
  cacheThrashing,
  loadNotDelivered,
];

const MIN_CONFIDENCE = 0.5;

/** A suspected cause, with only the signals that apply. */
type ConfirmedSuspicion = Suspicion & { signals: readonly Signal[] };

/**
 * Lists the likely causes of the problems of a run, the most likely first. The list is empty if no rule suspects a
 * cause and every criterion passed. If a criterion failed but no rule applies, the only cause is `unknown`, with the
 * evidence against all known causes.
 */
export function diagnose(evidence: Evidence, criteria: readonly JudgedCriterion[]): Diagnosis[] {
  const suspicions = new Map<Cause, ConfirmedSuspicion>();
  for (const rule of DIAGNOSIS_RULES) {
    const suspicion = rule.suspect(evidence, criteria);
    if (suspicion)
      suspicions.set(rule.cause, {
        ...suspicion,
        signals: suspicion.signals.filter((signal) => signal !== null && signal !== false),
      });
  }
  const failed = criteria.filter(({ status }) => status === 'fail');
  const found = DIAGNOSIS_RULES.flatMap((rule) => {
    const suspicion = suspicions.get(rule.cause);
    return suspicion ? diagnosisOf(evidence, rule, suspicion, suspicions, failed) : [];
  })
    .filter(({ confidence }) => confidence >= MIN_CONFIDENCE)
    .sort((a, b) => b.confidence - a.confidence);
  return found.length > 0 || failed.length === 0 ? found : [unknownCause(evidence, failed, DIAGNOSIS_RULES)];
}

const orderOf = (cause: Cause) => CAUSES.indexOf(cause);

function diagnosisOf(
  evidence: Evidence,
  { cause, title, alternatives }: DiagnosisRule,
  { signals, recommendation, effect, configurable = false }: ConfirmedSuspicion,
  suspicions: ReadonlyMap<Cause, ConfirmedSuspicion>,
  failed: readonly JudgedCriterion[],
): Diagnosis {
  const precedingCauses = alternatives.filter(
    (alternative) =>
      orderOf(alternative) < orderOf(cause) &&
      strengthOf(suspicions.get(alternative)?.signals ?? []) >= MIN_FOUND_STRENGTH,
  );
  const notSuspected = DIAGNOSIS_RULES.filter(
    (rule) => alternatives.includes(rule.cause) && !suspicions.has(rule.cause),
  );
  return {
    cause,
    title,
    confidence: confidenceOf(signals, precedingCauses.length),
    evidence: signals.map(findingOf),
    recommendation,
    ruledOut: notSuspected.flatMap((rule) => {
      const { certain, text } = rule.absence(evidence);
      return certain ? [`${rule.title}: ${text}`] : [];
    }),
    // A cause that may be the consequence of another diagnosed cause does not explain any criterion.
    explains:
      precedingCauses.length > 0
        ? []
        : failed.filter((criterion) => explainsFailure(evidence, effect, criterion)).map(({ id }) => id),
    fixable: configurable && nothingCrashed(evidence) && nothingDamaged(evidence) && !losesWork(evidence),
  };
}

/** Rounds the period to whole ms and cuts off the time before the load. */
const findingOf = ({ text, fromMs, toMs }: Signal): Finding => ({
  text,
  fromMs: Math.max(0, Math.round(fromMs)),
  toMs: Math.max(0, Math.round(toMs)),
});
