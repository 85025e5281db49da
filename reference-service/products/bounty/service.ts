import { addBreakerMetrics, withCircuitBreaker } from '../../http/breaker.ts';
import { postJson } from '../../http/client.ts';
import type { StartService } from '../product.ts';
import { bountyPlugin } from './plugin.ts';

const PAYMENTS_TIMEOUT_MS = 5000;

export const start: StartService = async (context) => {
  const { payments = '' } = context.providers;
  const provider = withCircuitBreaker((amountCents: number) =>
    postJson<{ status: string }>(payments, { amountCents }, PAYMENTS_TIMEOUT_MS),
  );
  addBreakerMetrics(context.registry, { payments: provider });
  return {
    plugin: (app) =>
      bountyPlugin(app, {
        ...context,
        requestPayment: async (amountCents) => (await provider.call(amountCents)).status,
      }),
  };
};
