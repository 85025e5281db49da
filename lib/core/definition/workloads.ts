export * from './workloads/closed.ts';
export * from './workloads/fixed-iterations.ts';
export * from './workloads/open.ts';
