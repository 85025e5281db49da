import type { StartService } from '../product.ts';
import { CpuQueue } from './cpu-queue.ts';
import { collabPlugin } from './plugin.ts';
import type { settings } from './settings.ts';

export const start: StartService<typeof settings> = async (context) => {
  const cpuQueue = new CpuQueue(context.productSettings);
  return { plugin: (app) => collabPlugin(app, context, cpuQueue) };
};
