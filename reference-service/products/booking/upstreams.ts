import { type ProtectedCall, withCircuitBreaker } from '../../http/breaker.ts';
import { postJson } from '../../http/client.ts';
import type { MessageAnalysis } from './repository.ts';

const AI_TIMEOUT_MS = 5000;
const WHATSAPP_TIMEOUT_MS = 5000;

/** The external services that the booking product calls. Each service has its own circuit breaker. */
export type Upstreams = {
  /** Sends the message of a customer to the AI provider for analysis. */
  ai: ProtectedCall<[text: string], MessageAnalysis>;
  /** Sends a WhatsApp message to a customer. */
  whatsapp: ProtectedCall<[to: string, text: string], unknown>;
};

export function bookingUpstreams({ ai = '', whatsapp = '' }: Readonly<Record<string, string>>): Upstreams {
  return {
    ai: withCircuitBreaker((text) => postJson<MessageAnalysis>(ai, { text }, AI_TIMEOUT_MS)),
    whatsapp: withCircuitBreaker((to, text) => postJson(whatsapp, { to, text }, WHATSAPP_TIMEOUT_MS)),
  };
}
