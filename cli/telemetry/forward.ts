import { setTimeout as sleep } from 'node:timers/promises';
import protobuf from 'protobufjs';
import { sum } from '../../lib/core/numbers/index.ts';
import { causeOf } from '../support/network.ts';

/** Forwards posts to a metric store in the background, and reports all failures when the run ends. */
export interface Forwarder extends AsyncDisposable {
  enqueue(post: Uint8Array): void;
  /**
   * Sends the remaining posts until a time limit.
   * @param hurry a signal that aborts sending before the time limit
   * @returns messages about posts that the store did not receive, with reasons; empty if the store received
   *   everything
   */
  finish(hurry: AbortSignal): Promise<string[]>;
}

/** The maximum number of posts in progress at the same time. One at a time would be too slow for many generators. */
const MAX_PARALLEL_POSTS = 4;
/**
 * The maximum size of the queue in bytes. It is enough for an hour of posts from one generator, or more than a minute
 * of posts from fifty generators.
 */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const ATTEMPTS = 3;
/** The HTTP statuses after which the OTLP specification requires a retry. */
const RETRIABLE_STATUSES = new Set([429, 502, 503, 504]);

const TIMEOUTS = { responseMs: 10_000, retryMs: 1000, endMs: 5000 };

interface Failure {
  reason: string;
  /** Whether to send the post again, because a retry may succeed. */
  retriable: boolean;
}

export function forwardTo(
  url: string,
  headers: Record<string, string>,
  { responseMs, retryMs, endMs } = TIMEOUTS,
): Forwarder {
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let enqueued = 0;
  const lost = new Map<string, number>();
  const refused = new Map<string, number>();
  const stopped = new AbortController();
  const senders = new Set<Promise<void>>();

  const lose = (reason: string) => add(lost, reason, 1);

  async function sendWaiting(): Promise<void> {
    for (let post = waiting.shift(); post; post = waiting.shift()) {
      waitingBytes -= post.length;
      const reason = await deliver(post);
      if (reason !== null) lose(reason);
    }
  }

  /**
   * Sends one post to the store.
   * @returns the failure; null if the store accepted the post
   */
  async function deliver(post: Uint8Array): Promise<string | null> {
    for (let attempt = 1; ; attempt++) {
      const failure = await attemptOf(post);
      if (failure === null || stopped.signal.aborted) return failure && NOT_SENT;
      if (!failure.retriable || attempt === ATTEMPTS) return failure.reason;
      await sleep(retryMs * attempt, undefined, { signal: stopped.signal }).catch(() => {});
    }
  }

  async function attemptOf(post: Uint8Array): Promise<Failure | null> {
    const timeout = AbortSignal.timeout(responseMs);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/x-protobuf' },
        body: Buffer.from(post),
        // Do not follow redirects, because another host must not receive the headers, which may contain credentials.
        redirect: 'manual',
        signal: AbortSignal.any([stopped.signal, timeout]),
      });
      const body = Buffer.from(await response.arrayBuffer());
      if (!response.ok)
        return {
          reason: `HTTP ${response.status}`,
          retriable: RETRIABLE_STATUSES.has(response.status),
        };
      const { points, message } = partialRefusal(body);
      if (points > 0) add(refused, message, points);
      return null;
    } catch (error) {
      return timeout.aborted
        ? { reason: `no response within ${responseMs / 1000} s`, retriable: false }
        : { reason: causeOf(error), retriable: true };
    }
  }

  return {
    enqueue(post) {
      enqueued += 1;
      if (stopped.signal.aborted || waitingBytes + post.length > MAX_WAITING_BYTES) {
        lose('the queue was full');
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
      stopped.abort();
      await Promise.all(senders);
      for (const _ of waiting.splice(0)) lose(NOT_SENT);
      const posts = sum([...lost.values()]);
      const points = sum([...refused.values()]);
      return [
        ...(posts > 0 ? [`${posts} of ${enqueued} posts were lost (${listCounts(lost)})`] : []),
        ...(points > 0 ? [`${points} data points were refused (${listCounts(refused)})`] : []),
      ];
    },

    async [Symbol.asyncDispose]() {
      stopped.abort();
      waiting.length = 0;
      await Promise.all(senders);
    },
  };
}

const NOT_SENT = 'not sent before the end';

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

const listCounts = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count}: ${reason}`)
    .join('; ');

/** The response message of OTLP. A store may accept a post and still refuse some of its data points. */
const ResponseType = protobuf
  .parse(`
    syntax = "proto3";
    message Response { PartialSuccess partial_success = 1; }
    message PartialSuccess { int64 rejected_data_points = 1; string error_message = 2; }
  `)
  .root.lookupType('Response');

const MAX_MESSAGE_LENGTH = 200;

function partialRefusal(body: Uint8Array): { points: number; message: string } {
  try {
    const { partialSuccess } = ResponseType.toObject(ResponseType.decode(body), { longs: Number });
    const { rejectedDataPoints: points = 0, errorMessage = '' } = partialSuccess ?? {};
    return { points, message: errorMessage.slice(0, MAX_MESSAGE_LENGTH) || 'no reason given' };
  } catch {
    // Ignore a body in another format, because the status already says that the store accepted the post.
    return { points: 0, message: '' };
  }
}
