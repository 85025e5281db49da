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

const trying = (probe: CredentialProbe) => ({ ...plan, target: { ...plan.target, probes: [probe] } });

function isSigned(request: IncomingMessage, body: Buffer): boolean {
  const expected = Buffer.from(`sha256=${createHmac('sha256', KEY).update(body).digest('hex')}`);
  const given = Buffer.from(String(request.headers[SIGNATURE_HEADER.toLowerCase()]));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** A service that checks credentials. */
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

const unanswered = (message: string) => problem(message, { code: 'NO_RESPONSE' });

test('a healthy target that accepts the credentials passes', async (t) => {
  await check(await serve(t, service));
});

describe('credentials that are refused name the variable to check', () => {
  const open: CredentialProbe = { ...bearerProbe, what: 'open access', auth: { scheme: 'none' } };
  const cases: [what: string, options: Options, message: string][] = [
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
      'a target that wants credentials where the plan has none',
      { plan: trying(open) },
      'The target refuses the open access: GET /admin/stats/1 returned HTTP 401. Check the target.',
    ],
  ];
  for (const [what, shown, message] of cases)
    test(what, async (t) => assert.rejects(check(await serve(t, service), shown), problem(message)));
});

describe('an answer that says nothing of the credentials is none to begin with', () => {
  const answering = (status: number, headers = {}): RequestListener => {
    return (request, response) =>
      request.url === '/health' ? response.end() : response.writeHead(status, headers).end();
  };
  const cases: [probe: CredentialProbe, status: number, headers: object, said: string][] = [
    [bearerProbe, 404, {}, 'GET /admin/stats/1 answered 404, expected 200.'],
    [signedProbe, 503, {}, 'POST /webhook answered 503, expected 200 or 202.'],
    [
      bearerProbe,
      302,
      { location: 'https://login.example.com/' },
      'GET /admin/stats/1 answered 302 (to https://login.example.com/), expected 200.',
    ],
  ];
  for (const [probe, status, headers, said] of cases) {
    test(said, async (t) => {
      const url = await serve(t, answering(status, headers));
      await assert.rejects(
        check(url, { plan: trying(probe) }),
        unanswered(`The ${probe.what} could not be tried: ${said} Is API_URL right?`),
      );
    });
  }

  test('but every one that is expected will do', async (t) => {
    const url = await serve(t, answering(400));
    await check(url, { plan: trying({ ...signedProbe, acceptedStatuses: [202, 400] }) });
  });
});

test('a probe that gets no answer says so', async (t) => {
  const url = await serve(t, (request, response) => {
    if (request.url === '/health') response.end();
    else request.socket.destroy();
  });
  await assert.rejects(
    check(url, { plan: trying(bearerProbe) }),
    unanswered(`The admin token could not be tried: GET ${url}/admin/stats/1: UND_ERR_SOCKET.`),
  );
});

describe('hosts', () => {
  test('elsewhere than on this machine are refused for local, before anything is asked of them', async () => {
    for (const host of ['api.example.com', '10.0.0.1', 'localhost.example.com', '127.0.0.1.example.com'])
      await assert.rejects(
        check(`http://${host}:1`),
        problem(
          `API_URL got "http://${host}:1", but TEST_ENV=local only takes this machine. Set TEST_ENV=staging to put load on ${host}.`,
        ),
      );
  });

  test('on this machine are taken for local, however they are named', async (t) => {
    const { port } = new URL(await serve(t, service));
    for (const host of ['127.0.0.1', 'LOCALHOST']) await check(`http://${host}:${port}`);
  });

  test('of another environment may be any', async (t) => {
    await check(await serve(t, service), { environment: 'staging', env: { TEST_ENV: 'staging' } });
  });
});

describe('health', { concurrency: true }, () => {
  const unhealthy: RequestListener = (_, response) => response.writeHead(503).end();

  test('is waited for: a target may still be starting', async (t) => {
    let asked = 0;
    const url = await serve(t, (request, response) => {
      if (request.url === '/health' && ++asked < 3) unhealthy(request, response);
      else service(request, response);
    });
    await check(url);
    assert.equal(asked, 3);
  });

  test('is given up after a time, and no credential is sent to a target without it', async (t) => {
    const asked = new Set<string | undefined>();
    const url = await serve(t, (request, response) => {
      asked.add(request.url);
      unhealthy(request, response);
    });
    await assert.rejects(
      check(url),
      unanswered(
        `The target is not healthy: GET ${url}/health answered 503, for 10 s. Is API_URL right, and the service up?`,
      ),
    );
    assert.deepEqual([...asked], ['/health']);
  });

  test('that is said to be elsewhere is not asked there', async (t) => {
    const elsewhere = await serve(t, () => assert.fail('asked'));
    const url = await serve(t, (_, response) => response.writeHead(301, { location: elsewhere }).end());
    await assert.rejects(
      check(url),
      unanswered(
        `The target is not healthy: GET ${url}/health answered 301 (to ${elsewhere}), for 10 s. Is API_URL right, and the service up?`,
      ),
    );
  });

  for (const [what, url] of [
    ['that answers with an error', (t: TestContext) => serve(t, unhealthy)],
    ['that does not answer', (t: TestContext) => serve(t, () => {})],
    ['where nobody listens', () => deadUrl()],
  ] as const) {
    test(`of a target ${what} is not waited for by one who wants to stop`, async (t) => {
      const stop = new AbortController();
      const looking = check(await url(t), { signal: stop.signal });
      setTimeout(() => stop.abort(), 100);
      await assert.rejects(looking, { name: 'AbortError' });
    });
  }
});

test('more VUs than files may be open are refused, with the limit that it takes', {
  skip: process.platform === 'linux' ? false : 'only Linux tells the limit',
}, async () => {
  await assert.rejects(
    assertEnoughFiles(4_000_000_000),
    problem(
      /^4000000000 VUs need about 4000000200 open files, but the limit is \d+\. Raise it \(ulimit -n 4000000200\)/,
    ),
  );
});
