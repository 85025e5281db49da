import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { deadUrl, serve } from '../testing/environment.ts';
import { forwardTo } from './forward.ts';

const QUICK = { responseMs: 200, retryMs: 1, endMs: 2000 };
const never = new AbortController().signal;
const posts = (count: number) => Array.from({ length: count }, (_, i) => Buffer.from(`post ${i}`));

interface Received {
  body: string;
  headers: NodeJS.Dict<string | string[]>;
}

/**
 * Starts a store that responds to each request with the next of the given statuses, and then repeats the last status.
 */
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

test('the forwarder sends every post unchanged, with the headers configured for the store', async (t) => {
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

describe('a store', () => {
  const cases: [name: string, statuses: number[], attempts: number, losses: string[]][] = [
    ['a store that is busy for a moment receives the post in a retry', [503, 429, 200], 3, []],
    [
      'a store that remains busy loses the post after three attempts',
      [503],
      3,
      ['1 of 1 posts were lost (1: HTTP 503)'],
    ],
    ['a store that returns HTTP 500 gets no retry', [500], 1, ['1 of 1 posts were lost (1: HTTP 500)']],
    ['the forwarder does not follow a redirect of the store', [302], 1, ['1 of 1 posts were lost (1: HTTP 302)']],
  ];
  for (const [name, statuses, attempts, losses] of cases) {
    test(name, async (t) => {
      const { url, received } = await store(t, ...statuses);
      assert.deepEqual(await forwarded(url, posts(1)), losses);
      assert.equal(received.length, attempts);
    });
  }

  test('if a metric store is unreachable, all posts are lost, and the forwarder reports the reason', async () => {
    assert.deepEqual(await forwarded(await deadUrl(), posts(3)), ['3 of 3 posts were lost (3: ECONNREFUSED)']);
  });

  test('if a metric store does not respond, the posts in progress and in the queue are lost', async (t) => {
    const url = await serve(t, silent);
    await using forwarder = forwardTo(url, {}, { ...QUICK, responseMs: 60_000, endMs: 50 });
    for (const post of posts(6)) forwarder.enqueue(post);
    assert.deepEqual(await forwarder.finish(never), ['6 of 6 posts were lost (6: not sent before the end)']);
    const [loss] = await forwarded(url, posts(1));
    assert.equal(loss, '1 of 1 posts were lost (1: no response within 0.2 s)');
  });

  test('the forwarder reports how many data points a metric store refused', async (t) => {
    // The response in protobuf encoding: field 1 is PartialSuccess { rejected_data_points: 7, error_message: "delta" }.
    const refusal = Buffer.from([0x0a, 0x09, 0x08, 0x07, 0x12, 0x05, ...Buffer.from('delta')]);
    const url = await serve(t, (request, response) => {
      request.resume().on('end', () => response.end(refusal));
    });
    assert.deepEqual(await forwarded(url, posts(2)), ['14 data points were refused (14: delta)']);
  });
});

test('the forwarding queue has a maximum size, and Ctrl-C does not wait until the queue is empty', async (t) => {
  const url = await serve(t, silent);
  await using forwarder = forwardTo(url, {}, { responseMs: 60_000, retryMs: 1, endMs: 60_000 });
  const large = Buffer.alloc(4 * 1024 * 1024);
  // Of the ten posts, four are in progress and four are in the queue. The queue has no room for the remaining two.
  for (let i = 0; i < 10; i++) forwarder.enqueue(large);
  const [loss] = await forwarder.finish(AbortSignal.abort());
  assert.equal(loss, '10 of 10 posts were lost (8: not sent before the end; 2: the queue was full)');
});

/** Starts a metric store that reads each request and never responds. */
const silent: RequestListener = (request) => void request.resume();
