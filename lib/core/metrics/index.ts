export * from './error-kind.ts';
export * from './errors.ts';
export * from './metrics.ts';
export * from './server-timing.ts';
