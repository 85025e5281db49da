/** The interface for load-suite.config.ts, `import { … } from 'load-suite/config'`. It runs in Node. */

// Configuration

/** What load-suite.config.ts exports by default. Every setting is optional. */
export interface Config {
  /** Folder that contains one folder of tests for each product, relative to the configuration file. Default: `tests`. */
  tests?: string;
  /**
   * Name of the product that a command uses when the user names none. Default: the only product in `tests`; with
   * several products, the user has to name one.
   */
  mainProduct?: string;
}

/**
 * Returns the configuration unchanged. It exists so that the editor and `tsc` know the settings:
 * `export default defineConfig({ mainProduct: 'shop' })`.
 */
export const defineConfig = (config: Config): Config => config;
