import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findingsIn } from './wording.ts';

describe('the wording check', () => {
  const cases: [text: string, found: string[]][] = [
    [
      '`"x" names no run. It takes one, or several with commas between.`',
      ['It takes one', 'names no', 'with commas between'],
    ],
    ['Somebody else listens on port 4318.', ['Somebody']],
    ['// 60 of 60 errors are of it', ['of it']],
    ['run every test, one after the other', []],
    ['a campaign that was broken off begins anew', ['anew', 'broken off']],
    ['there is no longer a file, and there is no folder', []],
    ['x is no folder of a run', ['is no f']],
    ['A Promise resolves later.', []],
    ['a limit is a promise that must not be broken', []],
    ['the service keeps its promise', ['keeps its promise']],
    ["columns: ['max', 'longest']", ["'longest'"]],
    ['the longest path', []],
    ['const { stretch } = part; // a stretch of the run', ['stretch']],
    ['the target answered 500', ['target answered']],
    ['the answer to the question', []],
  ];
  for (const [text, found] of cases)
    it(`findingsIn finds ${found.length === 0 ? 'nothing' : found.join(', ')} in: ${text}`, () => {
      assert.deepEqual(
        findingsIn('x.ts', text)
          .map((finding) => finding.found)
          .sort(),
        found.toSorted(),
      );
    });

  it('findingsIn ignores code, code blocks and block quotes in Markdown, and returns the original line numbers', () => {
    const text = ['`mend`', '```sh', 'mend', '```', '> mend', 'mend'].join('\n');
    assert.deepEqual(
      findingsIn('x.md', text).map(({ line }) => line),
      [6],
    );
  });
});
