import type { Start } from '../product.ts';
import { Configuration } from './configuration.ts';
import { crashLoop } from './crash-loop.ts';
import { tarotPlugin } from './plugin.ts';
import type { settings } from './settings.ts';

export const start: Start<typeof settings> = async ({ settings, own, database }) => {
  const configuration = new Configuration({
    DATABASE_URL: database.url,
    ADMIN_TOKEN: settings.adminToken,
    TAROT_SIGNING_KEY: own.signingKey,
  });
  const crashes = crashLoop();
  return {
    plugin: async (app) => {
      app.addHook('onRequest', crashes.onRequest);
      await tarotPlugin(app, {
        pool: database.pool,
        background: database.background,
        configuration,
        adminToken: settings.adminToken,
        rateLimit: own.rateLimit,
        rateWindowMs: own.rateWindowMs,
      });
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
