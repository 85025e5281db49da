export { type EnsureOptions, ensureK6 } from './ensure.ts';
export { type Attempt, findK6, type K6, type K6Source, type Search } from './find.ts';
export { K6_RANGE, K6_VERSION } from './version.ts';
