import path from 'node:path';

export const ROOT = path.join(import.meta.dirname, '../..');
export const DIST = path.join(ROOT, 'dist');
export const RESULTS = path.join(ROOT, 'results');

/** The folder that a person is in: npm goes to that of package.json. */
export const whereTyped = (): string => process.env.INIT_CWD ?? process.cwd();

export const fromWhereTyped = (place: string): string => path.resolve(whereTyped(), place);

/** A place as a person is told of it. */
export const shown = (place: string): string => path.relative(process.cwd(), place) || place;
