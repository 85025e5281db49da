import path from 'node:path';
import { openTerminal, type Terminal } from '../support/terminal.ts';

/**
 * The environment of this process. Other modules in cli/ receive the environment, or values parsed from it, as
 * parameters.
 */
export const processEnvironment: NodeJS.ProcessEnv = process.env;

/**
 * Returns the environment of this process, with the command-line options in place of the variables of the same name.
 */
export function environmentWith(options: Record<string, string | undefined>): NodeJS.ProcessEnv {
  return {
    ...processEnvironment,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  };
}

/**
 * The folder in which the user started the command. npm stores it in INIT_CWD, and then changes to the folder of
 * package.json.
 */
export const userFolder = (): string => processEnvironment.INIT_CWD ?? process.cwd();

export const fromUserFolder = (file: string): string => path.resolve(userFolder(), file);

export const commandTerminal = (): Terminal => openTerminal({ isWatched: !processEnvironment.CI });
