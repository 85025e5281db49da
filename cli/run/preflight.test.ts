import assert from 'node:assert/strict';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import type { CredentialProbe, TargetEnvironment, TestPlan } from '../../lib/core/definition/index.ts';
import { testPlan } from '../../lib/core/testing/evidence.ts';
import { deadUrl, serve } from '../testing/environment.ts';
import { problem } from '../testing/problem.ts';
import { assertEnoughFiles, preflight } from './preflight.ts';

const TOKEN = 'token-7f3a';
const KEY = 'secret-91bc';
const SIGNATURE_HEADER = 'X-Signature';

const bearerProbe: CredentialProbe = {
  what: 'admin token',
  path: '/admin/stats/1',
  auth: { scheme: 'bearer', variable: 'ADMIN_TOKEN' },
};
const signedProbe: CredentialProbe = {
  what: 'webhook signature',
  method: 'POST',
  path: '/webhook',
  body: '{"entry":["ä"]}',
  auth: { scheme: 'hmac-sha256', variable: 'WEBHOOK_SECRET', header: SIGNATURE_HEADER },
  acceptedStatuses: [200, 202],
  refusedStatuses: [401, 403],
};

const plan = testPlan({
  target: { healthPath: '/health', metricsPath: '/metrics', probes: [bearerProbe, signedProbe] },
});

const planWith = (probe: CredentialProbe) => ({ ...plan, target: { ...plan.target, probes: [probe] } });

function isSigned(request: IncomingMessage, body: Buffer): boolean {
  const expected = Buffer.from(`sha256=${createHmac('sha256', KEY).update(body).digest('hex')}`);
  const given = Buffer.from(String(request.headers[SIGNATURE_HEADER.toLowerCase()]));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Starts a service that checks the credentials of each request. */
const service: RequestListener = async (request, response) => {
  const body = await buffer(request);
  const respond = (status: number) => response.writeHead(status).end('{}');
  switch (`${request.method} ${request.url}`) {
    case 'GET /health':
      return respond(200);
    case 'GET /admin/stats/1':
      return respond(request.headers.authorization === `Bearer ${TOKEN}` ? 200 : 401);
    case 'POST /webhook':
      if (request.headers['content-type'] !== 'application/json') return respond(415);
      return respond(isSigned(request, body) ? 202 : 403);
    default:
      return respond(404);
  }
};

interface Options {
  plan?: TestPlan;
  environment?: TargetEnvironment;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

const check = (url: string, options: Options = {}) =>
  preflight(
    options.plan ?? plan,
    {
      url,
      startedForRun: false,
      environment: options.environment ?? 'local',
      env: { TEST_ENV: 'local', ADMIN_TOKEN: TOKEN, WEBHOOK_SECRET: KEY, ...options.env },
    },
    options.signal ?? new AbortController().signal,
  );

const noResponse = (message: string) => problem(message, { code: 'NO_RESPONSE' });

test('preflight passes if the target is healthy and accepts the credentials', async (t) => {
  await check(await serve(t, service));
});

describe('preflight names the variable of refused credentials', () => {
  const open: CredentialProbe = { ...bearerProbe, what: 'open access', auth: { scheme: 'none' } };
  const cases: [name: string, options: Options, message: string][] = [
    [
      'a wrong token',
      { env: { ADMIN_TOKEN: 'another-token' } },
      'The target refuses the admin token: GET /admin/stats/1 returned HTTP 401. Check ADMIN_TOKEN.',
    ],
    [
      'a signature with another key',
      { env: { WEBHOOK_SECRET: 'another-key' } },
      'The target refuses the webhook signature: POST /webhook returned HTTP 403. Check WEBHOOK_SECRET.',
    ],
    [
      'a token that the target requires although the plan has none',
      { plan: planWith(open) },
      'The target refuses the open access: GET /admin/stats/1 returned HTTP 401. Check the target.',
    ],
  ];
  for (const [name, options, message] of cases)
    test(`preflight names the variable of refused credentials: ${name}`, async (t) =>
      assert.rejects(check(await serve(t, service), options), problem(message)));
});

describe('preflight rejects a response that does not show whether the credentials are valid', () => {
  const respondingWith = (status: number, headers = {}): RequestListener => {
    return (request, response) =>
      request.url === '/health' ? response.end() : response.writeHead(status, headers).end();
  };
  const cases: [probe: CredentialProbe, status: number, headers: object, reason: string][] = [
    [bearerProbe, 404, {}, 'GET /admin/stats/1 returned HTTP 404, but must return 200.'],
    [signedProbe, 503, {}, 'POST /webhook returned HTTP 503, but must return 200 or 202.'],
    [
      bearerProbe,
      302,
      { location: 'https://login.example.com/' },
      'GET /admin/stats/1 returned HTTP 302 (redirect to https://login.example.com/), but must return 200.',
    ],
  ];
  for (const [probe, status, headers, reason] of cases) {
    test(reason, async (t) => {
      const url = await serve(t, respondingWith(status, headers));
      await assert.rejects(
        check(url, { plan: planWith(probe) }),
        noResponse(`The ${probe.what} could not be checked: ${reason} Check API_URL.`),
      );
    });
  }

  test('preflight accepts a status that the plan declares as expected', async (t) => {
    const url = await serve(t, respondingWith(400));
    await check(url, { plan: planWith({ ...signedProbe, acceptedStatuses: [202, 400] }) });
  });
});

test('if the target does not respond to the credential check, preflight reports the network error', async (t) => {
  const url = await serve(t, (request, response) => {
    if (request.url === '/health') response.end();
    else request.socket.destroy();
  });
  await assert.rejects(
    check(url, { plan: planWith(bearerProbe) }),
    noResponse(`The admin token could not be checked: GET ${url}/admin/stats/1: UND_ERR_SOCKET.`),
  );
});

describe('allowed hosts', () => {
  test('with TEST_ENV=local, preflight refuses a host on another machine and sends no request', async () => {
    for (const host of ['api.example.com', '10.0.0.1', 'localhost.example.com', '127.0.0.1.example.com'])
      await assert.rejects(
        check(`http://${host}:1`),
        problem(
          `API_URL is "http://${host}:1", but TEST_ENV=local only allows this machine. Set TEST_ENV=staging to test ${host}.`,
        ),
      );
  });

  test('with TEST_ENV=local, preflight accepts every name and address of this machine', async (t) => {
    const { port } = new URL(await serve(t, service));
    for (const host of ['127.0.0.1', 'LOCALHOST']) await check(`http://${host}:${port}`);
  });

  test('with TEST_ENV=staging, preflight accepts any host', async (t) => {
    await check(await serve(t, service), { environment: 'staging', env: { TEST_ENV: 'staging' } });
  });
});

describe('the health check', { concurrency: true }, () => {
  const unhealthy: RequestListener = (_, response) => response.writeHead(503).end();

  test('the health check of preflight waits for a target that is still starting', async (t) => {
    let requests = 0;
    const url = await serve(t, (request, response) => {
      if (request.url === '/health' && ++requests < 3) unhealthy(request, response);
      else service(request, response);
    });
    await check(url);
    assert.equal(requests, 3);
  });

  test('the health check of preflight fails after a timeout, and never sends credentials', async (t) => {
    const requested = new Set<string | undefined>();
    const url = await serve(t, (request, response) => {
      requested.add(request.url);
      unhealthy(request, response);
    });
    await assert.rejects(
      check(url),
      noResponse(
        `The target is not healthy: GET ${url}/health returned HTTP 503, for 10 s. Check API_URL, and that the service is running.`,
      ),
    );
    assert.deepEqual([...requested], ['/health']);
  });

  test('the health check of preflight does not follow redirects', async (t) => {
    const elsewhere = await serve(t, () => assert.fail('the redirect was followed'));
    const url = await serve(t, (_, response) => response.writeHead(301, { location: elsewhere }).end());
    await assert.rejects(
      check(url),
      noResponse(
        `The target is not healthy: GET ${url}/health returned HTTP 301 (redirect to ${elsewhere}), for 10 s. Check API_URL, and that the service is running.`,
      ),
    );
  });

  for (const [what, url] of [
    ['returns an error', (t: TestContext) => serve(t, unhealthy)],
    ['does not respond', (t: TestContext) => serve(t, () => {})],
    ['refuses connections', () => deadUrl()],
  ] as const) {
    test(`the health check of preflight stops on Ctrl-C while the target ${what}`, async (t) => {
      const stop = new AbortController();
      const checking = check(await url(t), { signal: stop.signal });
      setTimeout(() => stop.abort(), 100);
      await assert.rejects(checking, { name: 'AbortError' });
    });
  }
});

test('assertEnoughFiles refuses more VUs than the open-file limit allows, and names the required limit', {
  skip: process.platform === 'linux' ? false : 'only Linux reports the limit',
}, async () => {
  await assert.rejects(
    assertEnoughFiles(4_000_000_000),
    problem(
      /^4000000000 VUs need about 4000000200 open files, but the limit is \d+\. Raise it \(ulimit -n 4000000200\)/,
    ),
  );
});
