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

/** Returns the Markdown of some blocks, without the headings above the blocks. */
const markdownOf = (...blocks: Block[]) => toMarkdown(documentOf(blocks)).split('## One\n\n')[1]?.trimEnd();

describe('blocks in Markdown', () => {
  const cases: [what: string, block: Block, text: string][] = [
    ['text', { kind: 'text', text: 'plain text' }, 'plain text'],
    ['a list', { kind: 'list', items: ['a', 'b'] }, '- a\n- b'],
    ['an ordered list', { kind: 'list', items: ['a', 'b'], ordered: true }, '1. a\n2. b'],
    ['code', { kind: 'code', text: 'a < b\n*c*' }, '```\na < b\n*c*\n```'],
    ['code with a fence in it', { kind: 'code', text: '```\nx\n```' }, '````\n```\nx\n```\n````'],
    ['an absent block', { kind: 'absent', why: 'No data.' }, '_No data._'],
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
    test(`toMarkdown renders ${what}`, () => {
      assert.equal(markdownOf(block), text);
    });
  }

  test('toMarkdown omits charts, because a table next to each chart shows the same data', () => {
    const chart: Block = { kind: 'chart', type: 'histogram', id: 'h', title: 'Histogram', buckets: [] };
    assert.equal(markdownOf(chart, tableOf('Histogram', [['a', '1']])), markdownOf(tableOf('Histogram', [['a', '1']])));
  });

  test('toMarkdown gives subsections a heading one level below that of their section', () => {
    const text = toMarkdown(
      documentOf([], [{ id: 'two', title: 'Two', blocks: [], sections: [{ id: 'x', title: 'Three', blocks: [] }] }]),
    );
    assert.deepEqual(text.match(/^#+ .*$/gm), ['# A report', '## One', '### Two', '#### Three']);
  });
});

describe('escaping in Markdown', () => {
  const cases: [data: string, text: string][] = [
    ['a|b', 'a\\|b'],
    ['two\nlines\tof text', 'two lines of text'],
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
    test(`toMarkdown shows ${JSON.stringify(data)} in a table cell literally`, () => {
      assert.ok(markdownOf(tableOf('t', [[data, '1']]))?.endsWith(`| ${text} | 1 |`));
    });
  }

  const lineStarts: [data: string, text: string][] = [
    ['# no heading', '\\# no heading'],
    ['- no list', '\\- no list'],
    ['1. no list', '1\\. no list'],
    ['2) no list', '2\\) no list'],
    ['> no quotation', '\\> no quotation'],
    ['1.5 seconds', '1.5 seconds'],
  ];
  for (const [data, text] of lineStarts) {
    test(`toMarkdown shows ${JSON.stringify(data)} at the start of a line literally`, () => {
      assert.equal(markdownOf({ kind: 'text', text: data }), text);
      assert.equal(markdownOf({ kind: 'list', items: [data] }), `- ${text}`);
    });
  }

  test('toMarkdown writes as many cells per row as the table has columns', () => {
    const cells = (line: string) => line.replaceAll(/\\./g, '').split('|').length - 2;
    const tables = toMarkdown(runDocument(rushResult())).match(/(?:^\|.*\|\n)+/gm) ?? [];
    assert.ok(tables.length > 25, `${tables.length} tables`);
    for (const table of tables) {
      const [head, ...rows] = table.trimEnd().split('\n');
      for (const row of rows) assert.equal(cells(row), cells(head as string), row);
    }
  });
});

describe('the size limit of a Markdown report', () => {
  const rows = (count: number): Cell[][] =>
    Array.from({ length: count }, (_, i) => [`row ${i} ${'x'.repeat(40)}`, String(i)]);
  const long = documentOf([tableOf('Long', rows(5000)), tableOf('Short', rows(20))]);
  const bytes = (text: string) => Buffer.byteLength(text);

  test('toMarkdown cuts the longest tables of a large report first and notes how many rows are missing', () => {
    const text = toMarkdown(long, { maxBytes: 100_000 });
    assert.ok(bytes(text) <= 100_000);
    assert.ok(bytes(text) > 99_000, 'no more rows are cut than necessary');
    const shown = text.match(/^\| row /gm)?.length ?? 0;
    assert.match(text, new RegExp(`_… ${(5020 - shown).toLocaleString('en-GB')} more rows in result\\.json_`));
    assert.ok(text.includes(`**Short**`) && text.includes('| row 19 '), 'the short table is complete');
  });

  test('toMarkdown cuts no table if the report fits into the size limit', () => {
    assert.doesNotMatch(toMarkdown(long), /more rows in result\.json/);
  });

  test('toMarkdown never exceeds the size limit, even if a report has long texts but no tables', () => {
    const texts = documentOf(Array.from({ length: 500 }, () => ({ kind: 'text', text: 'é'.repeat(300) })));
    for (const maxBytes of [100, 1000, 1001, 1002, 50_000]) {
      const text = toMarkdown(texts, { maxBytes });
      assert.ok(bytes(text) <= maxBytes, `${bytes(text)} of ${maxBytes}`);
      assert.ok(!text.includes('\ufffd'), 'no character is cut in half');
      assert.match(text, /cut here because of its size\. See result\.json for the rest\.\n$/);
    }
  });

  test('toMarkdown keeps every section of a report with 20,000 kinds of errors', () => {
    const result = rushResult();
    const [error] = result.errors;
    assert.ok(error);
    const errors = Array.from({ length: 20_000 }, (_, i) => ({ ...error, reason: `reason ${i}` }));
    const text = toMarkdown(runDocument({ ...result, errors }));
    assert.ok(bytes(text) <= MAX_JOB_SUMMARY_BYTES);
    assert.match(text, /^## Notes$/m, 'the last section is included');
  });
});
