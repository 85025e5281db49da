import { guarded, observeBreakers } from '../../http/breaker.ts';
import { postJson } from '../../http/client.ts';
import type { Start } from '../product.ts';
import { bountyPlugin } from './plugin.ts';

const PAYMENTS_TIMEOUT_MS = 5000;

export const start: Start = async ({ settings, database, registry, providers: { payments = '' } }) => {
  const provider = guarded((amountCents: number) =>
    postJson<{ status: string }>(payments, { amountCents }, PAYMENTS_TIMEOUT_MS),
  );
  observeBreakers(registry, { payments: provider });
  return {
    plugin: (app) =>
      bountyPlugin(app, {
        pool: database.pool,
        background: database.background,
        registry,
        adminToken: settings.adminToken,
        requestPayment: async (amountCents) => (await provider.call(amountCents)).status,
      }),
  };
};
