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
import { accountsFor } from './effects.ts';
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

/** In the order of their causes: of the same sureness, what brings about the others is told first. */
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

/** Below this there is more doubt than there are signals. */
const LEAST_CONFIDENCE = 0.5;

/** A suspicion with the signals that were seen. */
type Seen = Suspicion & { signals: readonly Signal[] };

/**
 * The likely causes of what a run shows, the surest first. None for a run that shows nothing; `unknown`, with all
 * that was looked at, for one that broke a promise without any rule knowing why.
 */
export function diagnose(evidence: Evidence, criteria: readonly JudgedCriterion[]): Diagnosis[] {
  const seen = new Map<Cause, Seen>();
  for (const rule of DIAGNOSIS_RULES) {
    const suspicion = rule.suspect(evidence, criteria);
    if (suspicion)
      seen.set(rule.cause, {
        ...suspicion,
        signals: suspicion.signals.filter((one) => one !== null && one !== false),
      });
  }
  const failed = criteria.filter(({ status }) => status === 'fail');
  const found = DIAGNOSIS_RULES.flatMap((rule) => {
    const suspicion = seen.get(rule.cause);
    return suspicion ? diagnosisOf(evidence, rule, suspicion, seen, failed) : [];
  })
    .filter(({ confidence }) => confidence >= LEAST_CONFIDENCE)
    .sort((a, b) => b.confidence - a.confidence);
  return found.length > 0 || failed.length === 0 ? found : [unknownCause(evidence, failed, DIAGNOSIS_RULES)];
}

const orderOf = (cause: Cause) => CAUSES.indexOf(cause);

function diagnosisOf(
  evidence: Evidence,
  { cause, title, alternatives }: DiagnosisRule,
  { signals, recommendation, effect, configurable = false }: Seen,
  seen: ReadonlyMap<Cause, Seen>,
  failed: readonly JudgedCriterion[],
): Diagnosis {
  const broughtAboutBy = alternatives.filter(
    (other) =>
      orderOf(other) < orderOf(cause) && strengthOf(seen.get(other)?.signals ?? []) >= MIN_FOUND_STRENGTH,
  );
  const notSeen = DIAGNOSIS_RULES.filter(
    (rule) => alternatives.includes(rule.cause) && !seen.has(rule.cause),
  );
  return {
    cause,
    title,
    confidence: confidenceOf(signals, broughtAboutBy.length),
    evidence: signals.map(findingOf),
    recommendation,
    ruledOut: notSeen.flatMap((rule) => {
      const { certain, text } = rule.absence(evidence);
      return certain ? [`${rule.title}: ${text}`] : [];
    }),
    // What another cause brings about accounts for nothing alone.
    explains:
      broughtAboutBy.length > 0
        ? []
        : failed.filter((criterion) => accountsFor(evidence, effect, criterion)).map(({ id }) => id),
    fixable: configurable && nothingCrashed(evidence) && nothingDamaged(evidence) && !losesWork(evidence),
  };
}

/** In whole ms, and not before the load. */
const findingOf = ({ text, fromMs, toMs }: Signal): Finding => ({
  text,
  fromMs: Math.max(0, Math.round(fromMs)),
  toMs: Math.max(0, Math.round(toMs)),
});
