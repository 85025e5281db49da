import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableBox } from './table.ts';

test('cells are text, judgements and addresses', () => {
  const { text } = tableBox({
    caption: 'Things',
    columns: [{ title: 'Name' }, { title: 'Count', align: 'right' }],
    rows: [
      [
        { text: 'a & b', href: 'a%20b.html?"' },
        { text: 'fail', tone: 'bad' },
      ],
    ],
  });
  assert.match(text, /<th scope="row"><a href="a%20b\.html\?&quot;">a &amp; b<\/a><\/th>/);
  assert.match(text, /<td class="number"><span class="tone bad">fail<\/span><\/td>/);
});
