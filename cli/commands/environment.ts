import path from 'node:path';
import { openTerminal, type Terminal } from '../support/terminal.ts';

/** The only place of cli/ that reads the environment of the process: all else gets it, or values parsed from it. */
export const processEnvironment: NodeJS.ProcessEnv = process.env;

/** The same with options in it: an option is another way to set its variable, and comes before it. */
export function environmentWith(options: Record<string, string | undefined>): NodeJS.ProcessEnv {
  return {
    ...processEnvironment,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  };
}

/** The folder in which the user typed the command: npm changes to that of package.json. */
export const whereTyped = (): string => processEnvironment.INIT_CWD ?? process.cwd();

export const fromWhereTyped = (place: string): string => path.resolve(whereTyped(), place);

export const commandTerminal = (): Terminal => openTerminal({ isWatched: !processEnvironment.CI });
