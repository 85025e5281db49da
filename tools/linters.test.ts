import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { Problem } from '../cli/support/problem.ts';
import { temporaryFolder } from '../cli/testing/environment.ts';
import { ensureLinter, type Linter } from './linters.ts';

/** Returns a linter whose installation command runs the given shell script. */
const linter = (script: string, command = 'sh'): Linter => ({
  name: 'lint',
  version: '1.2.3',
  binary: 'bin/lint',
  versionFlag: '--version',
  install: (folder) => ({ command, args: ['-c', script], env: { FOLDER: folder } }),
});

const INSTALL_SCRIPT = `mkdir "$FOLDER/bin" && printf '#!/bin/sh\\necho lint 1.2.3' > "$FOLDER/bin/lint" && chmod +x "$FOLDER/bin/lint"`;

function setUp(t: TestContext) {
  const cache = temporaryFolder(t);
  const log: string[] = [];
  const ensure = (linter: Linter, signal = new AbortController().signal) =>
    ensureLinter(linter, {
      env: { PATH: process.env.PATH, XDG_CACHE_HOME: cache },
      log: (line) => log.push(line),
      signal,
    });
  const cacheEntries = () => readdirSync(path.join(cache, 'load-suite'));
  return { ensure, log, left: cacheEntries };
}

test('ensureLinter installs a linter once and returns its path', async (t) => {
  const { ensure, log, left } = setUp(t);
  const file = await ensure(linter(INSTALL_SCRIPT));
  assert.match(readFileSync(file, 'utf8'), /lint 1\.2\.3/);
  assert.deepEqual(log, ['Installing lint 1.2.3 with sh (up to a minute, once) …']);
  assert.equal(await ensure(linter('exit 1')), file);
  assert.deepEqual(left(), [`lint-1.2.3-${process.platform}-${process.arch}`]);
});

test('of two simultaneous ensureLinter calls for the same linter, the second waits while the first installs', async (t) => {
  const { ensure, log } = setUp(t);
  const slow = linter(`sleep 0.3; ${INSTALL_SCRIPT}`);
  const [first, second] = await Promise.all([ensure(slow), ensure(slow)]);
  assert.equal(first, second);
  assert.deepEqual(log.map((line) => line.split(' ')[0]).sort(), ['Installing', 'Waiting']);
});

describe('failed installations of a linter', () => {
  const cases: [situation: string, broken: Linter, message: RegExp][] = [
    ['the tool is missing', linter(INSTALL_SCRIPT, 'no-such-tool'), /^no-such-tool is not installed$/],
    ['the installation fails', linter('echo first >&2; echo no network >&2; exit 1'), /^no network$/],
    ['the installation does not create the binary', linter('true'), /bin\/lint is not installed$/],
    [
      'the binary reports another version',
      linter(INSTALL_SCRIPT.replace('1.2.3', '1.2.2')),
      /^it reports another version: lint 1\.2\.2$/,
    ],
  ];
  for (const [situation, broken, message] of cases)
    test(`ensureLinter reports the reason and leaves no files if ${situation}`, async (t) => {
      const { ensure, left } = setUp(t);
      await assert.rejects(ensure(broken), (error) => {
        assert.ok(error instanceof Problem);
        assert.equal(error.code, 'LINTER_UNAVAILABLE');
        assert.match(error.message, message);
        return true;
      });
      assert.deepEqual(left(), []);
    });
});

test('ensureLinter aborts the installation and leaves no files if its signal is aborted', async (t) => {
  const { ensure, left } = setUp(t);
  await assert.rejects(ensure(linter('exec sleep 60'), AbortSignal.timeout(200)), { name: 'TimeoutError' });
  assert.deepEqual(left(), []);
});
