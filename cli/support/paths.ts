import path from 'node:path';

export const ROOT = path.join(import.meta.dirname, '../..');
export const DIST = path.join(ROOT, 'dist');
export const RESULTS = path.join(ROOT, 'results');

/** A place as a person is told of it. */
export const shown = (place: string): string => path.relative(process.cwd(), place) || place;
