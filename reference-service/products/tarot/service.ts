import type { Start } from '../product.ts';
import { Configuration } from './configuration.ts';
import { crashLoop } from './crash-loop.ts';
import { tarotPlugin } from './plugin.ts';
import type { settings } from './settings.ts';

export const start: Start<typeof settings> = async (kit) => {
  const configuration = new Configuration({
    DATABASE_URL: kit.database.url,
    ADMIN_TOKEN: kit.settings.adminToken,
    TAROT_SIGNING_KEY: kit.own.signingKey,
  });
  const crashes = crashLoop();
  return {
    plugin: async (app) => {
      app.addHook('onRequest', crashes.onRequest);
      await tarotPlugin(app, { ...kit, configuration });
    },
    faults: {
      'crash-loop': crashes.fault,
      'unset-variable': {
        apply: (count) => configuration.unset(count),
        lift: () => configuration.unset(0),
      },
    },
  };
};
