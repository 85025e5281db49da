import { allVariables, type DeclaredVariable } from '../../lib/core/definition/index.ts';
import type { Settings } from '../run/settings.ts';
import { Problem } from '../support/problem.ts';

/**
 * What makes one side of a comparison: `DB_POOL_MAX=20,CACHE_MAX_ENTRIES=500`. A comma within a value stays where
 * what follows it is no setting.
 * @throws Problem where it is none
 */
export function parseSettings(text: string): Record<string, string> {
  const settings = text.split(/,(?=[A-Z][A-Z0-9_]*=)/).map((setting) => {
    const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.+)$/.exec(setting) ?? [];
    if (name === undefined || value === undefined)
      throw new Problem(
        `"${setting}" is no setting. It takes environment variables such as DB_POOL_MAX=20, with commas between.`,
      );
    return [name, value] as const;
  });
  return Object.fromEntries(settings);
}

/** Of the reference service. */
const SECRETS = new Set(['DATABASE_URL']);

/**
 * @param declared variables of the product
 * @throws Problem that names a secret, which must not be on a command line, or settings that only the reference service
 * reads, which do nothing to another target
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
      `${secret} is a secret: set it in the environment, where no list of processes shows it.`,
    );
  if (apiUrl === null && environment === 'local') return;
  const idle = Object.keys(settings).filter((name) => !table[name]);
  if (idle.length > 0)
    throw new Problem(
      `${idle.join(', ')} would change nothing: settings of the reference service are for it alone, and the target is another one (${apiUrl === null ? 'TEST_ENV' : 'API_URL'} is set).`,
    );
}
