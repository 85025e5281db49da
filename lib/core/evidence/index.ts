export * from './assessments.ts';
export * from './causes.ts';
export * from './circuit-breaker.ts';
export * from './ladder.ts';
export * from './probe-columns.ts';
export * from './records.ts';
export * from './result.ts';
export * from './samples.ts';
