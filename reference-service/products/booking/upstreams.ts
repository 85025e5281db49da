import { type Guarded, guarded } from '../../http/breaker.ts';
import { postJson } from '../../http/client.ts';
import type { Understood } from './repository.ts';

const AI_TIMEOUT_MS = 5000;
const WHATSAPP_TIMEOUT_MS = 5000;

/** The providers that booking calls, each behind a circuit breaker of its own. */
export type Upstreams = {
  /** What a customer's message asks for. */
  ai: Guarded<[text: string], Understood>;
  /** Sends a customer a message. */
  whatsapp: Guarded<[to: string, text: string], unknown>;
};

export function bookingUpstreams({ ai = '', whatsapp = '' }: Readonly<Record<string, string>>): Upstreams {
  return {
    ai: guarded((text) => postJson<Understood>(ai, { text }, AI_TIMEOUT_MS)),
    whatsapp: guarded((to, text) => postJson(whatsapp, { to, text }, WHATSAPP_TIMEOUT_MS)),
  };
}
