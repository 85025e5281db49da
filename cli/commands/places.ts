import path from 'node:path';
import type { Command } from 'commander';
import { RESULTS } from '../paths.ts';

/** The folder that a person is in: npm goes to that of package.json. */
export const whereTyped = (): string => process.env.INIT_CWD ?? process.cwd();

export const fromWhereTyped = (place: string): string => path.resolve(whereTyped(), place);

/** A place as a person is told of it. */
export const shown = (place: string): string => path.relative(process.cwd(), place) || place;

/** Taken by everything that looks for runs. */
export interface ResultsOption {
  results?: string;
}

export const withResultsOption = (command: Command): Command =>
  command.option('--results <folder>', 'where runs are looked for (default: results/ of this checkout)');

export const resultsOf = ({ results = RESULTS }: ResultsOption): string => fromWhereTyped(results);

/** Taken by everything that looks for references. */
export interface ReferencesOption {
  references?: string;
}

export const withReferencesOption = (command: Command): Command =>
  command.option(
    '--references <folder>',
    'where references are (default: results/references/ of this checkout)',
  );
