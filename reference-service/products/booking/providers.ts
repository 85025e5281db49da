import { SERVICES } from './seed.ts';

const DAY_MS = 86_400_000;

/**
 * The simulated providers of the booking product. The mean latency of the AI is 487 ms, with a 95th percentile of 892
 * ms. The mean latency of WhatsApp is 289 ms, with a 95th percentile of 456 ms. With the failure rates of the AI and
 * WhatsApp, about 98 % of the booking flows complete.
 */
export const providers = {
  ai: {
    seed: 11,
    meanMs: 487,
    sigma: 0.422,
    failureRate: 0.01,
    respond: (body: string) => {
      const text = body.toLowerCase();
      return {
        intent: 'book',
        confidence: 0.93,
        service: SERVICES.find((service) => text.includes(service.toLowerCase())) ?? SERVICES[0],
        startsAt: new Date(Date.now() + DAY_MS).toISOString(),
      };
    },
  },
  whatsapp: {
    seed: 29,
    meanMs: 289,
    sigma: 0.305,
    failureRate: 0.008,
    respond: () => ({ messages: [{ id: 'wamid.sent' }] }),
  },
};
