import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { deadUrl, serve } from '../testing/environment.ts';
import { forwardTo } from './forward.ts';

const QUICK = { answerMs: 200, retryMs: 1, endMs: 2000 };
const never = new AbortController().signal;
const posts = (count: number) => Array.from({ length: count }, (_, i) => Buffer.from(`post ${i}`));

interface Received {
  body: string;
  headers: NodeJS.Dict<string | string[]>;
}

/** A store that answers each attempt with the next of these statuses, and with the last of them from then on. */
async function store(t: TestContext, ...statuses: number[]) {
  const received: Received[] = [];
  const url = await serve(t, async (request, response) => {
    const status = statuses[Math.min(received.length, statuses.length - 1)] as number;
    received.push({ body: await text(request), headers: request.headers });
    response.writeHead(status).end();
  });
  return { url, received };
}

async function forwarded(url: string, sent: Uint8Array[], headers = {}): Promise<string[]> {
  await using forwarder = forwardTo(url, headers, QUICK);
  for (const post of sent) forwarder.enqueue(post);
  return await forwarder.finish(never);
}

test('every post arrives as it was, with the headers of the store', async (t) => {
  const { url, received } = await store(t, 200);
  assert.deepEqual(await forwarded(url, posts(20), { 'X-Scope-OrgID': 'team-1' }), []);
  assert.deepEqual(
    received.map(({ body }) => body).sort(),
    posts(20)
      .map((post) => post.toString())
      .sort(),
  );
  for (const { headers } of received) {
    assert.equal(headers['content-type'], 'application/x-protobuf');
    assert.equal(headers['x-scope-orgid'], 'team-1');
  }
});

describe('a store that is', () => {
  const cases: [what: string, statuses: number[], attempts: number, losses: string[]][] = [
    ['busy for a moment gets the post again', [503, 429, 200], 3, []],
    ['busy for long is given up', [503], 3, ['1 of 1 posts were lost (1: it answered 503)']],
    ['broken is not asked again', [500], 1, ['1 of 1 posts were lost (1: it answered 500)']],
    ['elsewhere is not followed there', [302], 1, ['1 of 1 posts were lost (1: it answered 302)']],
  ];
  for (const [what, statuses, attempts, losses] of cases) {
    test(what, async (t) => {
      const { url, received } = await store(t, ...statuses);
      assert.deepEqual(await forwarded(url, posts(1)), losses);
      assert.equal(received.length, attempts);
    });
  }

  test('not there loses all, and says why', async () => {
    assert.deepEqual(await forwarded(await deadUrl(), posts(3)), [
      '3 of 3 posts were lost (3: ECONNREFUSED)',
    ]);
  });

  test('silent loses what it was sent, and what waits behind it is not sent after the end', async (t) => {
    const url = await serve(t, silent);
    await using forwarder = forwardTo(url, {}, { ...QUICK, answerMs: 60_000, endMs: 50 });
    for (const post of posts(6)) forwarder.enqueue(post);
    assert.deepEqual(await forwarder.finish(never), ['6 of 6 posts were lost (6: not sent before the end)']);
    const [patient] = await forwarded(url, posts(1));
    assert.equal(patient, '1 of 1 posts were lost (1: no answer within 0.2 s)');
  });

  test('picky is counted by the data points that it refuses', async (t) => {
    // PartialSuccess { rejected_data_points: 7, error_message: "delta" } as field 1.
    const refusal = Buffer.from([0x0a, 0x09, 0x08, 0x07, 0x12, 0x05, ...Buffer.from('delta')]);
    const url = await serve(t, (request, response) => {
      request.resume().on('end', () => response.end(refusal));
    });
    assert.deepEqual(await forwarded(url, posts(2)), ['14 data points were refused (14: delta)']);
  });
});

test('what waits is bounded, and whoever is in a hurry need not wait', async (t) => {
  const url = await serve(t, silent);
  await using forwarder = forwardTo(url, {}, { answerMs: 60_000, retryMs: 1, endMs: 60_000 });
  const large = Buffer.alloc(4 * 1024 * 1024);
  // Four are under way, four wait, and for the rest there is no room.
  for (let i = 0; i < 10; i++) forwarder.enqueue(large);
  const [loss] = await forwarder.finish(AbortSignal.abort());
  assert.equal(loss, '10 of 10 posts were lost (8: not sent before the end; 2: too many were waiting)');
});

/** Takes what it is sent, and says nothing. */
const silent: RequestListener = (request) => void request.resume();
