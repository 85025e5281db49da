import assert from 'node:assert/strict';
import { it } from 'node:test';
import { brokenLinks, pageOf } from './links.ts';

const broken = (files: Record<string, string>) =>
  brokenLinks(new Map(Object.entries(files).map(([file, text]) => [file, pageOf(text)])), (file) =>
    ['docs', 'lib/x.ts', ...Object.keys(files)].includes(file),
  );

it('brokenLinks accepts links to files, folders, headings and other sites', () => {
  assert.deepEqual(
    broken({
      'README.md':
        '# Load suite\n[a](docs/a.md#how-it-works) [b](#load-suite) [c](docs) [d](https://example.com/#x) [e](mailto:a@b.c)',
      'docs/a.md':
        '## How *it* `works`!\n## Twice\n## Twice\n[code](../lib/x.ts) [second](#twice-1)\n`[not](a-link.md)`',
    }),
    [],
  );
});

it('brokenLinks reports a missing file, a missing heading and a missing image', () => {
  assert.deepEqual(
    broken({
      'README.md': '[a](docs/a.md#why) ![picture](picture.png)\n\n| x |\n| - |\n| [t](docs/t.md) |',
      'docs/a.md': '# A\n[up](../b.md)',
    }),
    [
      'README.md links to docs/a.md#why, but docs/a.md has no heading #why.',
      'README.md links to picture.png, but picture.png does not exist.',
      'README.md links to docs/t.md, but docs/t.md does not exist.',
      'docs/a.md links to ../b.md, but b.md does not exist.',
    ],
  );
});
