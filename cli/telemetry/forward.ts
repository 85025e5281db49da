import { setTimeout as sleep } from 'node:timers/promises';
import protobuf from 'protobufjs';
import { sum } from '../../lib/core/numbers/index.ts';
import { causeOf } from '../support/network.ts';

/** Sends posts on to a store. Who hands them over never waits for it, and never hears of a failure before the end. */
export interface Forwarder extends AsyncDisposable {
  enqueue(post: Uint8Array): void;
  /**
   * Sends what is left, for a bounded time.
   * @param hurry ends the waiting early
   * @returns what the store did not get, and why; nothing where it got everything
   */
  finish(hurry: AbortSignal): Promise<string[]>;
}

/** Posts under way at the same time: many generators post often, and a store may be far away. */
const MAX_PARALLEL_POSTS = 4;
/** An hour of one generator's posts, or a minute and more of fifty. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const ATTEMPTS = 3;
/** Answers after which OTLP wants a post to be tried again. */
const RETRIABLE_STATUSES = new Set([429, 502, 503, 504]);

/** How long a store is waited for. */
const TIMEOUTS = { answerMs: 10_000, retryMs: 1000, endMs: 5000 };

interface Failure {
  reason: string;
  /** Another attempt may get through. */
  retriable: boolean;
}

export function forwardTo(
  url: string,
  headers: Record<string, string>,
  { answerMs, retryMs, endMs } = TIMEOUTS,
): Forwarder {
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let taken = 0;
  const lost = new Map<string, number>();
  const refused = new Map<string, number>();
  const given = new AbortController();
  const senders = new Set<Promise<void>>();

  const lose = (reason: string) => add(lost, reason, 1);

  async function sendWaiting(): Promise<void> {
    for (let post = waiting.shift(); post; post = waiting.shift()) {
      waitingBytes -= post.length;
      const reason = await deliver(post);
      if (reason !== null) lose(reason);
    }
  }

  /** @returns why it did not get there, or null */
  async function deliver(post: Uint8Array): Promise<string | null> {
    for (let attempt = 1; ; attempt++) {
      const failure = await attemptOf(post);
      if (failure === null || given.signal.aborted) return failure && NOT_IN_TIME;
      if (!failure.retriable || attempt === ATTEMPTS) return failure.reason;
      await sleep(retryMs * attempt, undefined, { signal: given.signal }).catch(() => {});
    }
  }

  async function attemptOf(post: Uint8Array): Promise<Failure | null> {
    const patience = AbortSignal.timeout(answerMs);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/x-protobuf' },
        body: Buffer.from(post),
        // Another host must not be handed the headers.
        redirect: 'manual',
        signal: AbortSignal.any([given.signal, patience]),
      });
      const answer = Buffer.from(await response.arrayBuffer());
      if (!response.ok)
        return {
          reason: `it answered ${response.status}`,
          retriable: RETRIABLE_STATUSES.has(response.status),
        };
      const { points, message } = partialRefusal(answer);
      if (points > 0) add(refused, message, points);
      return null;
    } catch (error) {
      return patience.aborted
        ? { reason: `no answer within ${answerMs / 1000} s`, retriable: false }
        : { reason: causeOf(error), retriable: true };
    }
  }

  return {
    enqueue(post) {
      taken += 1;
      if (given.signal.aborted || waitingBytes + post.length > MAX_WAITING_BYTES) {
        lose('too many were waiting');
        return;
      }
      waiting.push(post);
      waitingBytes += post.length;
      if (senders.size >= MAX_PARALLEL_POSTS) return;
      const sender: Promise<void> = sendWaiting().finally(() => senders.delete(sender));
      senders.add(sender);
    },

    async finish(hurry) {
      const sent = new AbortController();
      await Promise.race([
        Promise.all(senders).finally(() => sent.abort()),
        sleep(endMs, undefined, { signal: AbortSignal.any([hurry, sent.signal]) }).catch(() => {}),
      ]);
      given.abort();
      await Promise.all(senders);
      for (const _ of waiting.splice(0)) lose(NOT_IN_TIME);
      const posts = sum([...lost.values()]);
      const points = sum([...refused.values()]);
      return [
        ...(posts > 0 ? [`${posts} of ${taken} posts were lost (${listed(lost)})`] : []),
        ...(points > 0 ? [`${points} data points were refused (${listed(refused)})`] : []),
      ];
    },

    async [Symbol.asyncDispose]() {
      given.abort();
      waiting.length = 0;
      await Promise.all(senders);
    },
  };
}

const NOT_IN_TIME = 'not sent before the end';

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

const listed = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count}: ${reason}`)
    .join('; ');

/** OTLP's answer: a store may take a post and refuse some of it. */
const ResponseType = protobuf
  .parse(`
    syntax = "proto3";
    message Response { PartialSuccess partial_success = 1; }
    message PartialSuccess { int64 rejected_data_points = 1; string error_message = 2; }
  `)
  .root.lookupType('Response');

const MAX_MESSAGE_LENGTH = 200;

function partialRefusal(answer: Uint8Array): { points: number; message: string } {
  try {
    const { partialSuccess } = ResponseType.toObject(ResponseType.decode(answer), { longs: Number });
    const { rejectedDataPoints: points = 0, errorMessage = '' } = partialSuccess ?? {};
    return { points, message: errorMessage.slice(0, MAX_MESSAGE_LENGTH) || 'no reason is known' };
  } catch {
    // It said yes; what else it said, in whatever form, is its own affair.
    return { points: 0, message: '' };
  }
}
