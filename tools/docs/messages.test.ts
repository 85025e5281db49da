import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { messagesIn, messagesPage } from './messages.ts';

/** In the sources below, «x» stands for a placeholder of a template. */
const textsIn = (source: string) =>
  messagesIn('cli/x.ts', source.replaceAll('«', '\u0024{').replaceAll('»', '}')).map(({ text, section }) => [
    section,
    text,
  ]);

describe('messagesIn', () => {
  const cases: [name: string, source: string, expected: [section: string, text: string][]][] = [
    ['reads a literal', "throw new Problem('Set the URL.')", [['USAGE', 'Set the URL.']]],
    [
      'shows values as placeholders, and constants with their values',
      'const MAX = 5; throw new Problem(`«run.name» has «list.join()» of «MAX» and «countOf(x)» runs.`, "NO_RESPONSE")',
      [['NO_RESPONSE', '{name} has {list} of 5 and {count} runs.']],
    ],
    [
      'computes times',
      'const TIMEOUT_MS = 30_000; new Problem(`No response in «TIMEOUT_MS / 1000» s.`)',
      [['USAGE', 'No response in 30 s.']],
    ],
    [
      'lists each alternative',
      "new Problem(a ? 'The file is missing.' : `The file «name» is empty.`)",
      [
        ['USAGE', 'The file is missing.'],
        ['USAGE', 'The file {name} is empty.'],
      ],
    ],
    [
      'joins the lines of a list',
      "new Problem(['These runs differ:', ...reasons.map((reason) => `  «reason»`)].join('\\n'))",
      [['USAGE', 'These runs differ: {reason}']],
    ],
    [
      'follows functions of the same file',
      "const unavailable = (message) => new Problem(message, 'K6_UNAVAILABLE'); throw unavailable(text()); function text() { return `No k6 at «place».`; }",
      [['K6_UNAVAILABLE', 'No k6 at {place}.']],
    ],
    ['ignores other errors', "throw new Error('An internal error.')", []],
  ];
  for (const [name, source, expected] of cases)
    it(name, () => {
      assert.deepEqual(textsIn(source), expected);
    });
});

it('messagesPage puts messages below their exit code', () => {
  const sources: Record<string, string> = {
    'cli/a.ts': "throw new Problem('Write report <run>.')",
    'cli/b.mjs': "throw new LaunchError('Install Node.')",
  };
  const page = messagesPage(Object.keys(sources), (file) => sources[file] ?? '');
  assert.match(page, /## USAGE: exit code 2\n[^#]*\| Write report &lt;run>\. \| \[a\.ts\]\(..\/..\/cli\/a\.ts\) \|/);
  assert.match(page, /## LAUNCHER: exit code 2\n[^#]*\| Install Node\. \|/);
  assert.doesNotMatch(page, /NOT_COMPARABLE/);
});
