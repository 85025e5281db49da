import type { ReadableVariables } from '../core/definition/index.ts';
import type { TestModule } from './define-test.ts';
import { loadModule } from './load-module.ts';

/** What the edition of this test exports that describes it. */
export interface TestDescription extends TestModule {
  readableVariables(): ReadableVariables;
}

/** Loads it. To be called in VU 0 alone: that it costs the others nothing is its point. */
export const loadDescription = () => loadModule(DESCRIPTION) as TestDescription;
