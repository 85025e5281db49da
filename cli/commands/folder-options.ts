import type { Command } from 'commander';
import { RESULTS } from '../support/paths.ts';
import { fromUserFolder } from './environment.ts';

/** The option of commands that read runs. */
export interface ResultsOption {
  results?: string;
}

export const withResultsOption = (command: Command): Command =>
  command.option('--results <folder>', 'folder with runs (default: results/ of this checkout)');

export const resultsOf = ({ results = RESULTS }: ResultsOption): string => fromUserFolder(results);

/** The option of commands that read references. */
export interface ReferencesOption {
  references?: string;
}

export const withReferencesOption = (command: Command): Command =>
  command.option('--references <folder>', 'folder with references (default: results/references/ of this checkout)');
