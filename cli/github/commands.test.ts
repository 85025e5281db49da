import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { temporaryFolder } from '../testing/environment.ts';
import { annotationLine, setOutputs } from './commands.ts';

test('annotationLine escapes line breaks, percent signs, colons and commas', () => {
  for (const [title, message, line] of [
    ['plain', 'text', '::error title=plain::text'],
    ['a: b, c', 'a: b, c', '::error title=a%3A b%2C c::a: b, c'],
    ['two\nlines', 'two\r\nlines', '::error title=two%0Alines::two%0D%0Alines'],
    ['5 %', '%0A stays', '::error title=5 %25::%250A stays'],
  ] as const)
    assert.equal(annotationLine({ level: 'error', title, message }), line);
});

describe('setOutputs', () => {
  test('setOutputs appends each output to the output file', async (t) => {
    const file = path.join(temporaryFolder(t), 'output');
    writeFileSync(file, 'before=1\n');
    await setOutputs({ decision: 'GO', run: 'a=b' }, { GITHUB_OUTPUT: file });
    assert.equal(readFileSync(file, 'utf8'), 'before=1\ndecision=GO\nrun=a=b\n');
  });

  test('setOutputs refuses a value with a line break, because the next line could set another output', async (t) => {
    const file = path.join(temporaryFolder(t), 'output');
    await assert.rejects(
      setOutputs({ run: 'x', decision: 'NO_GO\nrun=y' }, { GITHUB_OUTPUT: file }),
      /^Error: The output decision has more than one line/,
    );
    assert.ok(!existsSync(file));
  });

  test('setOutputs does nothing outside GitHub Actions', () => setOutputs({ decision: 'GO' }, {}));
});
