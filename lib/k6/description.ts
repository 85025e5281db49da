import type { ReadableVariables } from '../core/definition/index.ts';
import type { TestModule } from './define-test.ts';
import { loadModule } from './load-module.ts';

/** The exports of the description bundle of this test. */
export interface TestDescription extends TestModule {
  readableVariables(): ReadableVariables;
}

/** Call this in VU 0 only, so that other VUs do not evaluate the description. */
export const loadDescription = () => loadModule(DESCRIPTION) as TestDescription;
