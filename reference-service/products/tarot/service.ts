import type { StartService } from '../product.ts';
import { Configuration } from './configuration.ts';
import { crashLoop } from './crash-loop.ts';
import { tarotPlugin } from './plugin.ts';
import type { settings } from './settings.ts';

export const start: StartService<typeof settings> = async (context) => {
  const configuration = new Configuration({
    DATABASE_URL: context.database.url,
    ADMIN_TOKEN: context.settings.adminToken,
    TAROT_SIGNING_KEY: context.productSettings.signingKey,
  });
  const crashes = crashLoop();
  return {
    plugin: async (app) => {
      app.addHook('onRequest', crashes.onRequest);
      await tarotPlugin(app, { ...context, configuration });
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
