import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { messagesIn, messagesPage } from './messages.ts';

/**
 * Returns the messages in a source text. In the source texts of this test, «x» stands for the placeholder of a template
 * literal.
 */
const textsIn = (source: string) =>
  messagesIn('cli/x.ts', source.replaceAll('«', '\u0024{').replaceAll('»', '}')).map(({ text, section }) => [
    section,
    text,
  ]);

describe('messagesIn', () => {
  const cases: [name: string, source: string, expected: [section: string, text: string][]][] = [
    ['messagesIn returns a string literal unchanged', "throw new Problem('Set the URL.')", [['USAGE', 'Set the URL.']]],
    [
      'messagesIn replaces constants with their values, and other expressions with placeholders',
      'const MAX = 5; throw new Problem(`«run.name» has «list.join()» of «MAX» and «countOf(x)» runs.`, "NO_RESPONSE")',
      [['NO_RESPONSE', '{name} has {list} of 5 and {count} runs.']],
    ],
    [
      'messagesIn computes divisions of constants, such as milliseconds to seconds',
      'const TIMEOUT_MS = 30_000; new Problem(`No response in «TIMEOUT_MS / 1000» s.`)',
      [['USAGE', 'No response in 30 s.']],
    ],
    [
      'messagesIn returns both alternatives of a conditional expression',
      "new Problem(a ? 'The file is missing.' : `The file «name» is empty.`)",
      [
        ['USAGE', 'The file is missing.'],
        ['USAGE', 'The file {name} is empty.'],
      ],
    ],
    [
      'messagesIn joins the elements of an array',
      "new Problem(['These runs differ:', ...reasons.map((reason) => `  «reason»`)].join('\\n'))",
      [['USAGE', 'These runs differ: {reason}']],
    ],
    [
      'messagesIn follows calls to functions of the same file',
      "const unavailable = (message) => new Problem(message, 'K6_UNAVAILABLE'); throw unavailable(text()); function text() { return `No k6 at «place».`; }",
      [['K6_UNAVAILABLE', 'No k6 at {place}.']],
    ],
    ['messagesIn ignores errors that users do not see', "throw new Error('An internal error.')", []],
  ];
  for (const [name, source, expected] of cases)
    it(name, () => {
      assert.deepEqual(textsIn(source), expected);
    });
});

it('messagesPage lists each message below the exit code of its error', () => {
  const sources: Record<string, string> = {
    'cli/a.ts': "throw new Problem('Write report <run>.')",
    'cli/b.mjs': "throw new LaunchError('Install Node.')",
  };
  const page = messagesPage(Object.keys(sources), (file) => sources[file] ?? '');
  assert.match(page, /## USAGE: exit code 2\n[^#]*\| Write report &lt;run>\. \| \[a\.ts\]\(..\/..\/cli\/a\.ts\) \|/);
  assert.match(page, /## LAUNCHER: exit code 2\n[^#]*\| Install Node\. \|/);
  assert.doesNotMatch(page, /NOT_COMPARABLE/);
});
