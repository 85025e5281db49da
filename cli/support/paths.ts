import path from 'node:path';

export const ROOT = path.join(import.meta.dirname, '../..');
export const DIST = path.join(ROOT, 'dist');
export const RESULTS = path.join(ROOT, 'results');

/** Returns a path as shown to the user: relative to the working directory. */
export const shown = (place: string): string => path.relative(process.cwd(), place) || place;
