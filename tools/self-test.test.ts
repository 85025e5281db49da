import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { temporaryFolder } from '../cli/testing/environment.ts';
import { batchesOf, filesMatching, hasValidSkipReason, parseSkippedTest, type SkippedTest } from './self-test.ts';

const FILES = ['cli/support/terminal.test.ts', 'e2e/smoke.test.ts', 'lib/core/judging/judge.test.ts'];

test('filesMatching returns the test files whose path contains one of the words', () => {
  assert.deepEqual(filesMatching(FILES, ['judge', 'smoke']), FILES.slice(1));
  assert.deepEqual(filesMatching(FILES, ['lib/core']), FILES.slice(2));
  assert.deepEqual(filesMatching(FILES, []), FILES);
  assert.deepEqual(filesMatching(FILES, ['no such']), []);
});

test('batchesOf puts pure tests first in one process, and tests that judge measurements last, one at a time', () => {
  const alone = 'e2e/peak.alone.test.ts';
  const [cli = '', smoke = '', pure = ''] = FILES;
  const [first, together, last, ...rest] = batchesOf([alone, ...FILES]);
  assert.deepEqual(first, { files: [pure], option: '--test-isolation=none' });
  assert.deepEqual(together?.files, [cli, smoke]);
  assert.match(together.option, /^--test-concurrency=[2-4]$/);
  assert.deepEqual([last, rest], [{ files: [alone], option: '--test-concurrency=1' }, []]);
  assert.deepEqual(
    batchesOf([cli]).map(({ files }) => files),
    [[cli]],
    'batches without files are omitted',
  );
});

test('hasValidSkipReason returns true for missing permissions, and false for other reasons', () => {
  const skippedFor = (reason: string) => hasValidSkipReason({ name: 'a', reason });
  assert.ok(skippedFor('needs root'));
  assert.ok(skippedFor('a small file system cannot be mounted here: mount: permission denied'));
  assert.ok(!skippedFor(''));
  assert.ok(!skippedFor('later'));
});

test("parseSkippedTest finds all skipped tests in the output of Node's spec reporter: with a reason, without, and nested", async (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'fixture.test.mjs');
  await writeFile(
    file,
    `import { test } from 'node:test';
     test('has a reason', { skip: 'needs root' }, () => {});
     test('has none (at all)', { skip: true }, () => {});
     test('outer', (t) => t.test('inner', (u) => u.skip('no disk: mount (32)')));
     test('is only to do', { todo: true }, () => {});
     test('passes', () => {});`,
  );
  const env = { ...process.env };
  delete env.NODE_TEST_CONTEXT;
  const { stdout } = await promisify(execFile)(process.execPath, ['--test', '--test-reporter=spec', file], {
    env,
  });
  assert.deepEqual(stdout.split('\n').map(parseSkippedTest).filter(Boolean) satisfies (SkippedTest | null)[], [
    { name: 'has a reason', reason: 'needs root' },
    { name: 'has none (at all)', reason: '' },
    { name: 'inner', reason: 'no disk: mount (32)' },
  ]);
  assert.match(stdout, /^ℹ tests \d+$/m);
});
