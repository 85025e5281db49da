import { type ProtectedCall, withCircuitBreaker } from '../../http/breaker.ts';
import { postJson } from '../../http/client.ts';
import type { MessageAnalysis } from './repository.ts';

const AI_TIMEOUT_MS = 5000;
const WHATSAPP_TIMEOUT_MS = 5000;

/** The providers that booking calls, each behind its own circuit breaker. */
export type Upstreams = {
  /** Analyzes the message of a customer. */
  ai: ProtectedCall<[text: string], MessageAnalysis>;
  /** Sends a message to a customer. */
  whatsapp: ProtectedCall<[to: string, text: string], unknown>;
};

export function bookingUpstreams({ ai = '', whatsapp = '' }: Readonly<Record<string, string>>): Upstreams {
  return {
    ai: withCircuitBreaker((text) => postJson<MessageAnalysis>(ai, { text }, AI_TIMEOUT_MS)),
    whatsapp: withCircuitBreaker((to, text) => postJson(whatsapp, { to, text }, WHATSAPP_TIMEOUT_MS)),
  };
}
