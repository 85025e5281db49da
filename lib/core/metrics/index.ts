export * from './error-kind-of.ts';
export * from './error-kinds.ts';
export * from './metrics.ts';
export * from './server-timing.ts';
