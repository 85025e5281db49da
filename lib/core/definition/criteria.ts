export * from './criteria/flows.ts';
export { during, forEndpoint, forStep, inEveryWindow, minor } from './criteria/narrow.ts';
export * from './criteria/records.ts';
export * from './criteria/requests.ts';
export * from './criteria/resources.ts';
export * from './criteria/windows.ts';
