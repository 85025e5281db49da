import path from 'node:path';
import { openTerminal, type Terminal } from '../support/terminal.ts';

/** The only place in cli/ that reads the environment of the process. Everything else receives it, or parsed values. */
export const processEnvironment: NodeJS.ProcessEnv = process.env;

/** The environment with options, which override their variables. */
export function environmentWith(options: Record<string, string | undefined>): NodeJS.ProcessEnv {
  return {
    ...processEnvironment,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  };
}

/** The folder in which the user runs the command. npm itself changes to that of package.json. */
export const userFolder = (): string => processEnvironment.INIT_CWD ?? process.cwd();

export const fromUserFolder = (file: string): string => path.resolve(userFolder(), file);

export const commandTerminal = (): Terminal => openTerminal({ isWatched: !processEnvironment.CI });
