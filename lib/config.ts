/** The API for load-suite.config.ts: `import { defineConfig } from 'load-suite/config'`. This module runs in Node. */

// Configuration

/** The settings in load-suite.config.ts. All settings are optional. */
export interface Config {
  /** Folder that contains a folder for each product, relative to the configuration file. Default: `tests` */
  tests?: string;
  /**
   * Name of the product that a command uses if the user does not name one. Default: the only product in `tests`. With
   * several products and no main product, the user must name one.
   */
  mainProduct?: string;
}

/**
 * Defines the configuration: `export default defineConfig({ mainProduct: 'shop' })`. Returns its argument unchanged.
 * The function lets the editor and `tsc` check the settings.
 */
export const defineConfig = (config: Config): Config => config;
