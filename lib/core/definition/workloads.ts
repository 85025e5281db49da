export * from './workloads/closed.ts';
export * from './workloads/counted.ts';
export * from './workloads/open.ts';
