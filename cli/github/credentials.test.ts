import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { nightlyRecord } from '../../lib/core/testing/history.ts';
import { DEFAULT_BRANCH, HistoryStore } from '../history/history-store.ts';
import { serve, temporaryFolder } from '../testing/environment.ts';
import { GIT_ENV, git, remoteWithClones } from '../testing/history.ts';
import { problem } from '../testing/problem.ts';
import { gitHubCredentials } from './credentials.ts';

const TOKEN = 'a-token-of-a-job';
const EXPECTED = `Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString('base64')}`;

/**
 * Handles a request with git's HTTP backend. Like GitHub, requires exactly one authorization header, with the token of
 * the job.
 */
function respond(root: string, request: IncomingMessage, response: ServerResponse): void {
  const headers = request.headersDistinct.authorization ?? [];
  if (headers.length !== 1 || headers[0] !== EXPECTED) {
    response.writeHead(headers.length > 1 ? 400 : 401, { 'www-authenticate': 'Basic' }).end();
    return;
  }
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...GIT_ENV,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      REMOTE_USER: 'job',
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'],
      CONTENT_LENGTH: request.headers['content-length'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
      GIT_PROTOCOL: request.headers['git-protocol'] as string | undefined,
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on('data', (chunk) => chunks.push(chunk));
  backend.once('close', () => {
    const all = Buffer.concat(chunks);
    const end = all.indexOf('\r\n\r\n');
    for (const line of all.subarray(0, end).toString().split('\r\n')) {
      const [name = '', value = ''] = line.split(': ');
      if (name.toLowerCase() === 'status') response.statusCode = Number(value.split(' ')[0]);
      else response.setHeader(name, value);
    }
    response.end(all.subarray(end + 4));
  });
}

async function cloneOverHttp(t: TestContext): Promise<{ clone: string; remote: string; server: string }> {
  const { remote, clones } = remoteWithClones(temporaryFolder(t), 1);
  const clone = clones[0] as string;
  const server = await serve(t, (request, response) => respond(path.dirname(remote), request, response));
  git(clone, 'remote', 'set-url', 'origin', `${server}/${path.basename(remote)}`);
  return { clone, remote, server };
}

const append = async (clone: string, env: NodeJS.ProcessEnv) =>
  (await HistoryStore.open(clone, DEFAULT_BRANCH, { ...GIT_ENV, ...env })).append([nightlyRecord(1)]);

describe('the history in a job of GitHub Actions', () => {
  test('in GitHub Actions, the history is pushed with the token of the job', async (t) => {
    const { clone, remote, server } = await cloneOverHttp(t);
    await append(clone, { GITHUB_TOKEN: TOKEN, GITHUB_SERVER_URL: server });
    assert.equal(git(remote, 'rev-list', '--count', DEFAULT_BRANCH), '1');
    assert.doesNotMatch(git(clone, 'config', '--list'), /extraheader/, 'the token is not stored');
  });

  test('in GitHub Actions, the token of the job replaces a token that the checkout configured', async (t) => {
    const { clone, remote, server } = await cloneOverHttp(t);
    git(clone, 'config', `http.${server}/.extraheader`, 'AUTHORIZATION: basic b2xkZXI=');
    await append(clone, { GITHUB_TOKEN: TOKEN, GITHUB_SERVER_URL: server });
    assert.equal(git(remote, 'rev-list', '--count', DEFAULT_BRANCH), '1');
  });

  test('the token is only sent to the GitHub server, and the error of a refused push has the reason', async (t) => {
    const { clone, server } = await cloneOverHttp(t);
    const elsewhere = { GITHUB_TOKEN: TOKEN, GITHUB_SERVER_URL: 'https://github.example.com' };
    for (const env of [elsewhere, { GITHUB_SERVER_URL: server }, {}])
      await assert.rejects(append(clone, env), problem(/^origin cannot be reached: /, { hides: TOKEN }));
  });
});

test('gitHubCredentials keeps git settings that the environment already contains', () => {
  const { GIT_CONFIG_COUNT, GIT_CONFIG_KEY_2, GIT_CONFIG_KEY_0 } = gitHubCredentials({
    GIT_CONFIG_COUNT: '2',
    GITHUB_TOKEN: TOKEN,
    GITHUB_SERVER_URL: 'https://github.com',
  });
  assert.deepEqual(
    [GIT_CONFIG_COUNT, GIT_CONFIG_KEY_2, GIT_CONFIG_KEY_0],
    ['4', 'http.https://github.com/.extraheader', undefined],
  );
});
