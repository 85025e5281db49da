import type { Start } from '../product.ts';
import { Desk } from './desk.ts';
import { collabPlugin } from './plugin.ts';
import type { settings } from './settings.ts';

export const start: Start<typeof settings> = async ({ settings, own, database }) => {
  const desk = new Desk(own);
  return {
    plugin: (app) =>
      collabPlugin(app, {
        pool: database.pool,
        background: database.background,
        desk,
        adminToken: settings.adminToken,
      }),
  };
};
