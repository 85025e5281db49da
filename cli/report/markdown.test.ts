import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rushResult } from '../testing/rush.ts';
import { MAX_JOB_SUMMARY_BYTES, toMarkdown } from './markdown.ts';
import type { Block, Cell, ReportDocument, Section } from './report-document.ts';
import { runDocument } from './run-document.ts';

const documentOf = (blocks: Block[], sections: Section[] = []): ReportDocument => ({
  title: 'A report',
  subtitle: 'of something',
  verdict: { words: 'GO', tone: 'good' },
  sections: [{ id: 'one', title: 'One', blocks, sections }],
});

const tableOf = (caption: string, rows: Cell[][]): Block => ({
  kind: 'table',
  caption,
  columns: [{ title: 'Name' }, { title: 'Count', align: 'right' }],
  rows,
});

/** What stands below the heading of the section. */
const written = (...blocks: Block[]) => toMarkdown(documentOf(blocks)).split('## One\n\n')[1]?.trimEnd();

describe('every kind of block', () => {
  const cases: [what: string, block: Block, text: string][] = [
    ['text', { kind: 'text', text: 'as it is' }, 'as it is'],
    ['a list', { kind: 'list', items: ['a', 'b'] }, '- a\n- b'],
    ['an ordered list', { kind: 'list', items: ['a', 'b'], ordered: true }, '1. a\n2. b'],
    ['code', { kind: 'code', text: 'a < b\n*c*' }, '```\na < b\n*c*\n```'],
    ['code with a fence in it', { kind: 'code', text: '```\nx\n```' }, '````\n```\nx\n```\n````'],
    ['what is absent', { kind: 'absent', why: 'Nobody asked.' }, '_Nobody asked._'],
    [
      'a table',
      tableOf('Things', [
        ['a', '1'],
        [{ text: '✗ fail', tone: 'bad' }, '2'],
        [{ text: 'a|b', href: 'a%20b.html' }, '3'],
      ]),
      '**Things**\n\n| Name | Count |\n| :--- | ---: |\n| a | 1 |\n| ✗ fail | 2 |\n| [a\\|b](<a%20b.html>) | 3 |',
    ],
  ];
  for (const [what, block, text] of cases) {
    test(`${what} is written down`, () => {
      assert.equal(written(block), text);
    });
  }

  test('a chart is left to the table beside it', () => {
    const chart: Block = { kind: 'chart', type: 'histogram', id: 'h', title: 'Histogram', buckets: [] };
    assert.equal(
      written(chart, tableOf('Histogram', [['a', '1']])),
      written(tableOf('Histogram', [['a', '1']])),
    );
  });

  test('sections below sections have lower headings', () => {
    const text = toMarkdown(
      documentOf(
        [],
        [{ id: 'two', title: 'Two', blocks: [], sections: [{ id: 'x', title: 'Three', blocks: [] }] }],
      ),
    );
    assert.deepEqual(text.match(/^#+ .*$/gm), ['# A report', '## One', '### Two', '#### Three']);
  });
});

describe('data is text and nothing else', () => {
  const cases: [data: string, text: string][] = [
    ['a|b', 'a\\|b'],
    ['two\nlines\tof it', 'two lines of it'],
    ['<script>alert(1)</script>', '\\<script>alert(1)\\</script>'],
    ['< 400 ms', '< 400 ms'],
    ['*bold* `code` ~gone~', '\\*bold\\* \\`code\\` \\~gone\\~'],
    ['[a](http://b)', '\\[a\\](http://b)'],
    ['id = $1 AND x = $2', 'id = \\$1 AND x = \\$2'],
    ['db_pool_timeout', 'db_pool_timeout'],
    ['_private_', '\\_private\\_'],
    ['a\\b', 'a\\\\b'],
    ['&amp; & &#35;', '&amp;amp; & &amp;#35;'],
  ];
  for (const [data, text] of cases) {
    test(`${JSON.stringify(data)} in a cell`, () => {
      assert.ok(written(tableOf('t', [[data, '1']]))?.endsWith(`| ${text} | 1 |`));
    });
  }

  const begins: [data: string, text: string][] = [
    ['# no heading', '\\# no heading'],
    ['- no list', '\\- no list'],
    ['1. no list', '1\\. no list'],
    ['2) no list', '2\\) no list'],
    ['> no quotation', '\\> no quotation'],
    ['1.5 seconds', '1.5 seconds'],
  ];
  for (const [data, text] of begins) {
    test(`${JSON.stringify(data)} at the beginning of a line`, () => {
      assert.equal(written({ kind: 'text', text: data }), text);
      assert.equal(written({ kind: 'list', items: [data] }), `- ${text}`);
    });
  }

  test('every row of a real report has as many cells as its table has columns', () => {
    const cells = (line: string) => line.replaceAll(/\\./g, '').split('|').length - 2;
    const tables = toMarkdown(runDocument(rushResult())).match(/(?:^\|.*\|\n)+/gm) ?? [];
    assert.ok(tables.length > 25, `${tables.length} tables`);
    for (const table of tables) {
      const [head, ...rows] = table.trimEnd().split('\n');
      for (const row of rows) assert.equal(cells(row), cells(head as string), row);
    }
  });
});

describe('what is too long', () => {
  const rows = (count: number): Cell[][] =>
    Array.from({ length: count }, (_, i) => [`row ${i} ${'x'.repeat(40)}`, String(i)]);
  const long = documentOf([tableOf('Long', rows(5000)), tableOf('Short', rows(20))]);
  const bytes = (text: string) => Buffer.byteLength(text);

  test('has its longest tables cut, with a note of what is missing', () => {
    const text = toMarkdown(long, { maxBytes: 100_000 });
    assert.ok(bytes(text) <= 100_000);
    assert.ok(bytes(text) > 99_000, 'and no more than it takes');
    const shown = text.match(/^\| row /gm)?.length ?? 0;
    assert.match(
      text,
      new RegExp(`_… ${(5020 - shown).toLocaleString('en-GB')} more rows, see result\\.json_`),
    );
    assert.ok(text.includes(`**Short**`) && text.includes('| row 19 '), 'the short table is whole');
  });

  test('has nothing cut that fits', () => {
    assert.doesNotMatch(toMarkdown(long), /see result\.json/);
  });

  test('never is longer than it may be, whatever it is that is long', () => {
    const texts = documentOf(Array.from({ length: 500 }, () => ({ kind: 'text', text: 'é'.repeat(300) })));
    for (const maxBytes of [100, 1000, 1001, 1002, 50_000]) {
      const text = toMarkdown(texts, { maxBytes });
      assert.ok(bytes(text) <= maxBytes, `${bytes(text)} of ${maxBytes}`);
      assert.ok(!text.includes('\ufffd'), 'no half of a character');
      assert.match(text, /cut here: the rest did not fit, see result\.json\n$/);
    }
  });

  test('is a job summary with a thousand kinds of errors', () => {
    const result = rushResult();
    const [error] = result.errors;
    assert.ok(error);
    const errors = Array.from({ length: 20_000 }, (_, i) => ({ ...error, reason: `reason ${i}` }));
    const text = toMarkdown(runDocument({ ...result, errors }));
    assert.ok(bytes(text) <= MAX_JOB_SUMMARY_BYTES);
    assert.match(text, /^## Notes$/m, 'and all sections are there');
  });
});
