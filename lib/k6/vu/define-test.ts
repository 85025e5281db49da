import exec from 'k6/execution';
import type { TestDefinition, TestModule } from '../define-test.ts';
import { phaseTagger } from '../phases.ts';
import type { Traffic } from '../traffic.ts';
import { description } from './description.ts';
import { settings } from './settings.ts';

/** The part of a test that its VUs need: what they do. The rest is described to k6 by VU 0. */
export function defineTest({ product, test, traffic, probe = traffic }: TestDefinition): Partial<TestModule> {
  const name = `${product.name}/${test}`;
  const enterPhase = phaseTagger(settings.phases);
  return {
    ...(__VU === 0 ? description() : undefined),
    run: guarded(name, enterPhase, traffic),
    probe: guarded(name, enterPhase, probe),
  };
}

/**
 * k6 logs an exception in an iteration and goes on: a broken test would offer no load and pass. Here it ends
 * the run, with the exception as the reason.
 */
function guarded(name: string, enterPhase: (now: number) => number, traffic: Traffic): () => void {
  let phaseEnds = 0;
  return () => {
    const now = Date.now();
    if (now >= phaseEnds) phaseEnds = enterPhase(now);
    try {
      traffic.iterate();
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      exec.test.abort(`exception in ${name}: ${reason}`);
    }
  };
}
