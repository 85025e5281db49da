import exec from 'k6/execution';
import { isSingleTraffic, type TrafficPlan } from '../core/definition/index.ts';
import { synchronizedIteration } from './burst-start.ts';
import type { TestDefinition, TestModule } from './define-test.ts';
import { loadDescription } from './description.ts';
import { enterScenario } from './interruption.ts';
import { phaseTagger } from './phases.ts';
import { settings } from './settings.ts';

/** Replaces define-test.ts in the VU bundle. VUs need only `run`; VU 0 loads the rest from the description bundle. */
export function defineTest({ product, test, traffic }: TestDefinition): Partial<TestModule> {
  return {
    ...(__VU === 0 ? loadDescription() : undefined),
    run: guarded(`${product.name}/${test}`, phaseTagger(settings.phases), iterationOf(traffic)),
  };
}

/** One iteration. A VU may run iterations of different scenarios in turn. */
function iterationOf(traffic: TrafficPlan): () => void {
  const perform = isSingleTraffic(traffic) ? traffic.iterate : () => traffic[exec.scenario.name]?.iterate();
  return settings.bursts.length > 0 ? synchronizedIteration(settings.bursts, perform) : perform;
}

/**
 * Aborts the run if an iteration throws an exception. k6 alone would only log it, so a broken test would send no load
 * and pass.
 */
function guarded(name: string, enterPhase: (now: number) => number, iterate: () => void): () => void {
  let phaseEnds = 0;
  return () => {
    const now = Date.now();
    if (now >= phaseEnds) {
      phaseEnds = enterPhase(now);
      enterScenario(settings.interruptedAfterMs);
    }
    try {
      iterate();
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      exec.test.abort(`exception in ${name}: ${reason}`);
    }
  };
}
