export * from './duration.ts';
export * from './format.ts';
export * from './histogram.ts';
export * from './random.ts';
export * from './statistics.ts';
