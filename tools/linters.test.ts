import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { Problem } from '../cli/support/problem.ts';
import { temporaryFolder } from '../cli/testing/environment.ts';
import { ensureLinter, type Linter } from './linters.ts';

/** A linter that a shell installs, as this script says. */
const linter = (script: string, command = 'sh'): Linter => ({
  name: 'lint',
  version: '1.2.3',
  binary: 'bin/lint',
  versionFlag: '--version',
  install: (folder) => ({ command, args: ['-c', script], env: { FOLDER: folder } }),
});

const INSTALLS = `mkdir "$FOLDER/bin" && printf '#!/bin/sh\\necho lint 1.2.3' > "$FOLDER/bin/lint" && chmod +x "$FOLDER/bin/lint"`;

function ensuring(t: TestContext) {
  const cache = temporaryFolder(t);
  const log: string[] = [];
  const ensure = (one: Linter, signal = new AbortController().signal) =>
    ensureLinter(one, {
      env: { PATH: process.env.PATH, XDG_CACHE_HOME: cache },
      log: (line) => log.push(line),
      signal,
    });
  const left = () => readdirSync(path.join(cache, 'load-suite'));
  return { ensure, log, left };
}

test('a linter is installed once, and its path is given', async (t) => {
  const { ensure, log, left } = ensuring(t);
  const file = await ensure(linter(INSTALLS));
  assert.match(readFileSync(file, 'utf8'), /lint 1\.2\.3/);
  assert.deepEqual(log, ['Installing lint 1.2.3 with sh (up to a minute, once) …']);
  assert.equal(await ensure(linter('exit 1')), file);
  assert.deepEqual(left(), [`lint-1.2.3-${process.platform}-${process.arch}`]);
});

test('two that want it at the same time wait for one', async (t) => {
  const { ensure, log } = ensuring(t);
  const slow = linter(`sleep 0.3; ${INSTALLS}`);
  const [one, other] = await Promise.all([ensure(slow), ensure(slow)]);
  assert.equal(one, other);
  assert.deepEqual(log.map((line) => line.split(' ')[0]).sort(), ['Installing', 'Waiting']);
});

describe('what cannot be installed is told, and leaves nothing', () => {
  const cases: [what: string, one: Linter, says: RegExp][] = [
    ['the tool is missing', linter(INSTALLS, 'no-such-tool'), /^no-such-tool is not installed$/],
    ['it fails', linter('echo first >&2; echo no network >&2; exit 1'), /^no network$/],
    ['it brings nothing', linter('true'), /bin\/lint is not installed$/],
    [
      'it brings another version',
      linter(INSTALLS.replace('1.2.3', '1.2.2')),
      /^it reports another version: lint 1\.2\.2$/,
    ],
  ];
  for (const [what, one, says] of cases)
    test(what, async (t) => {
      const { ensure, left } = ensuring(t);
      await assert.rejects(ensure(one), (error) => {
        assert.ok(error instanceof Problem);
        assert.equal(error.code, 'LINTER_UNAVAILABLE');
        assert.match(error.message, says);
        return true;
      });
      assert.deepEqual(left(), []);
    });
});

test('an installation is ended with what asked for it', async (t) => {
  const { ensure, left } = ensuring(t);
  await assert.rejects(ensure(linter('exec sleep 60'), AbortSignal.timeout(200)), { name: 'TimeoutError' });
  assert.deepEqual(left(), []);
});
