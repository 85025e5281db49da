export * from './criteria/flows.ts';
export { at, during, inEveryWindow, minor, ofStep } from './criteria/narrow.ts';
export * from './criteria/records.ts';
export * from './criteria/requests.ts';
export * from './criteria/resources.ts';
export * from './criteria/windows.ts';
