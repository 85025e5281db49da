export * from './assessments.ts';
export * from './breaker.ts';
export * from './causes.ts';
export * from './ladder.ts';
export * from './records.ts';
export * from './resources.ts';
export * from './result.ts';
export * from './samples.ts';
