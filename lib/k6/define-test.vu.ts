import exec from 'k6/execution';
import { isSingleTraffic, type TrafficPlan } from '../core/definition/index.ts';
import { synchronizedIteration } from './burst-start.ts';
import type { TestDefinition, TestModule } from './define-test.ts';
import { loadDescription } from './description.ts';
import { phaseTagger } from './phases.ts';
import { settings } from './settings.ts';

/** The part of a test that its VUs need: what they do. The rest is described to k6 by VU 0. */
export function defineTest({ product, test, traffic }: TestDefinition): Partial<TestModule> {
  return {
    ...(__VU === 0 ? loadDescription() : undefined),
    run: guarded(`${product.name}/${test}`, phaseTagger(settings.phases), iterationOf(traffic)),
  };
}

/** What a VU does each time: where scenarios differ, it may serve one after the other. */
function iterationOf(traffic: TrafficPlan): () => void {
  const perform = isSingleTraffic(traffic) ? traffic.iterate : () => traffic[exec.scenario.name]?.iterate();
  return settings.bursts.length > 0 ? synchronizedIteration(settings.bursts, perform) : perform;
}

/**
 * k6 logs an exception in an iteration and goes on: a broken test would offer no load and pass. Here it ends
 * the run, with the exception as the reason.
 */
function guarded(name: string, enterPhase: (now: number) => number, iterate: () => void): () => void {
  let phaseEnds = 0;
  return () => {
    const now = Date.now();
    if (now >= phaseEnds) phaseEnds = enterPhase(now);
    try {
      iterate();
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      exec.test.abort(`exception in ${name}: ${reason}`);
    }
  };
}
