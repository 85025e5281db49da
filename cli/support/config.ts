import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Config } from '../../lib/config.ts';
import { ROOT } from './paths.ts';
import { Problem } from './problem.ts';

const FILE = 'load-suite.config.ts';

export type SuiteConfig = Config & Required<Pick<Config, 'tests'>>;

const DEFAULTS: SuiteConfig = { tests: 'tests' };

/** For each setting: a description of valid values for error messages, and a function that checks a value. */
const SETTINGS: Record<keyof Config, [expected: string, accepts: (value: string, root: string) => boolean]> = {
  tests: ['the path of an existing folder', (value, root) => isFolder(path.join(root, value))],
  mainProduct: [
    'a name of lowercase letters, digits and hyphens that begins with a letter',
    (value) => /^[a-z][a-z\d-]*$/.test(value),
  ],
};

const isFolder = (place: string) => statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;

/**
 * Reads the configuration file in a folder. Settings that are not in the file have default values.
 * @throws Problem if the file cannot be loaded, or a setting is unknown or malformed
 */
export async function readConfig(root: string): Promise<SuiteConfig> {
  const file = path.join(root, FILE);
  if (!existsSync(file)) return DEFAULTS;
  const { default: config } = await import(pathToFileURL(file).href).catch((error: Error) => {
    throw new Problem(`${FILE} cannot be loaded: ${error.message}`);
  });
  if (typeof config !== 'object' || config === null)
    throw new Problem(`${FILE} exports no configuration. Write: export default defineConfig({ … });`);
  for (const [name, value] of Object.entries(config)) assertSetting(name, value, root);
  return { ...DEFAULTS, ...config };
}

function assertSetting(name: string, value: unknown, root: string): void {
  if (!Object.hasOwn(SETTINGS, name))
    throw new Problem(`${FILE} has no setting "${name}". Its settings are: ${Object.keys(SETTINGS).join(', ')}.`);
  const [expected, accepts] = SETTINGS[name as keyof Config];
  if (typeof value !== 'string' || !accepts(value, root))
    throw new Problem(`${name} in ${FILE} is ${JSON.stringify(value)}, but it must be ${expected}.`);
}

export const config: SuiteConfig = await readConfig(ROOT);

/** The folder of the tests, with one subfolder per product. */
export const TESTS = path.join(ROOT, config.tests);
