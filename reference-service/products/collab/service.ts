import type { Start } from '../product.ts';
import { Desk } from './desk.ts';
import { collabPlugin } from './plugin.ts';
import type { settings } from './settings.ts';

export const start: Start<typeof settings> = async (kit) => {
  const desk = new Desk(kit.own);
  return { plugin: (app) => collabPlugin(app, kit, desk) };
};
