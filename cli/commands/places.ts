import type { Command } from 'commander';
import { RESULTS } from '../support/paths.ts';
import { fromWhereTyped } from './environment.ts';

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
