import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAcceptable, parseK6Version } from './version.ts';

const READ: [output: string, version: string | undefined][] = [
  ['k6 v2.2.0 (go1.26.8, linux/amd64)\n', '2.2.0'],
  ['k6 v0.49.0 (go1.21.6, darwin/arm64)\n', '0.49.0'],
  ['k6.exe v2.3.1 (commit/abc1234567, go1.26.8, windows/amd64)\n', '2.3.1'],
  ['k6 v2.2.0-rc1 (go1.26.8, linux/amd64)\n', '2.2.0-rc1'],
  ['k6 v2.2.0 (go1.26.8, linux/amd64)\nExtensions:\n  example.com/xk6 v1.0.0, k6/x/example [js]\n', '2.2.0'],
  ['some notice first\nk6 v2.2.0 (go1.26.8, linux/amd64)\n', '2.2.0'],
  ['k6 2.2.0', '2.2.0'],
  ['2.2.0', undefined],
  ['kubectl v2.2.0 (k6)', undefined],
  ['k6 v2', undefined],
  ['', undefined],
];

for (const [output, version] of READ) {
  test(`parseK6Version reads ${JSON.stringify(output)} as ${version}`, () => {
    assert.equal(parseK6Version(output)?.text, version);
  });
}

const JUDGED: [version: string, acceptable: boolean][] = [
  ['0.49.0', false],
  ['1.9.9', false],
  ['2.1.9', false],
  ['2.2.0-rc1', false],
  ['2.2.0', true],
  ['2.2.1-rc1', true],
  ['2.10.0', true],
  ['3.0.0-rc1', false],
  ['3.0.0', false],
];

for (const [version, acceptable] of JUDGED) {
  test(`k6 ${version} is ${acceptable ? 'accepted' : 'skipped'}`, () => {
    const parsed = parseK6Version(`k6 v${version} (go1.26.8, linux/amd64)`);
    assert.ok(parsed);
    assert.equal(isAcceptable(parsed), acceptable);
  });
}
