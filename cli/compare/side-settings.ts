import { allVariables, type DeclaredVariable } from '../../lib/core/definition/index.ts';
import type { Settings } from '../run/run-settings.ts';
import { Problem } from '../support/problem.ts';

/**
 * Parses the settings of one side of a comparison, such as `DB_POOL_MAX=20,CACHE_MAX_ENTRIES=500`. A comma separates
 * two settings only if another `NAME=` follows it.
 * @throws Problem if a part of the text does not have the form `NAME=value`
 */
export function parseSettings(text: string): Record<string, string> {
  const settings = text.split(/,(?=[A-Z][A-Z0-9_]*=)/).map((setting) => {
    const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.+)$/.exec(setting) ?? [];
    if (name === undefined || value === undefined)
      throw new Problem(
        `"${setting}" is not a setting. Give environment variables such as DB_POOL_MAX=20, separated by commas.`,
      );
    return [name, value] as const;
  });
  return Object.fromEntries(settings);
}

/** Environment variables of the reference service that contain secrets. */
const SECRETS = new Set(['DATABASE_URL']);

/**
 * Checks that settings may appear on the command line, and that they have an effect on the target.
 * @param declared the environment variables that the product declares
 * @throws Problem if a setting is a secret, or if only the reference service reads it and the target is another
 *   service
 */
export function assertSettable(
  settings: Record<string, string>,
  { apiUrl, environment }: Pick<Settings, 'apiUrl' | 'environment'>,
  declared: readonly DeclaredVariable[],
): void {
  const table = allVariables(declared);
  const secret = Object.keys(settings).find((name) => table[name]?.secret || SECRETS.has(name));
  if (secret)
    throw new Problem(
      `${secret} is a secret, and anyone who lists processes can read the command line. Set it in the environment.`,
    );
  if (apiUrl === null && environment === 'local') return;
  const unused = Object.keys(settings).filter((name) => !table[name]);
  if (unused.length > 0)
    throw new Problem(
      `${unused.join(', ')} would have no effect: only the reference service reads it, but the target is another service (${apiUrl === null ? 'TEST_ENV' : 'API_URL'} is set).`,
    );
}
