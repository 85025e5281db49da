import { SERVICES } from '../products/booking/seed.ts';
import { Provider } from './provider.ts';

/** Failure rates of the two together leave about 98 % of the flows complete. */
const AI = { seed: 11, meanMs: 487, sigma: 0.422, failureRate: 0.01 };
const WHATSAPP = { seed: 29, meanMs: 289, sigma: 0.305, failureRate: 0.008 };

const DAY_MS = 86_400_000;

/** The upstreams of the booking product. Mean and p95 in ms: AI 487 and 892, WhatsApp 289 and 456. */
export function bookingProviders(scale: { latency: number; failure: number }) {
  const scaled = (base: typeof AI) => ({
    ...base,
    meanMs: base.meanMs * scale.latency,
    failureRate: base.failureRate * scale.failure,
  });
  return {
    ai: new Provider({
      ...scaled(AI),
      answer: (body) => {
        const text = body.toLowerCase();
        return {
          intent: 'book',
          confidence: 0.93,
          service: SERVICES.find((service) => text.includes(service.toLowerCase())) ?? SERVICES[0],
          startsAt: new Date(Date.now() + DAY_MS).toISOString(),
        };
      },
    }),
    whatsapp: new Provider({ ...scaled(WHATSAPP), answer: () => ({ messages: [{ id: 'wamid.sent' }] }) }),
  };
}
