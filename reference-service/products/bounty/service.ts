import { guarded, observeBreakers } from '../../http/breaker.ts';
import { postJson } from '../../http/client.ts';
import type { Start } from '../product.ts';
import { bountyPlugin } from './plugin.ts';

const PAYMENTS_TIMEOUT_MS = 5000;

export const start: Start = async (kit) => {
  const { payments = '' } = kit.providers;
  const provider = guarded((amountCents: number) =>
    postJson<{ status: string }>(payments, { amountCents }, PAYMENTS_TIMEOUT_MS),
  );
  observeBreakers(kit.registry, { payments: provider });
  return {
    plugin: (app) =>
      bountyPlugin(app, {
        ...kit,
        requestPayment: async (amountCents) => (await provider.call(amountCents)).status,
      }),
  };
};
