import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { documentOf, timeChart } from '../../testing/html.ts';
import { rushResult } from '../../testing/rush.ts';
import type { Block, Document } from '../document.ts';
import { runDocument } from '../run-document.ts';
import { toHtml } from './index.ts';
import { timeGroups } from './time-groups.ts';

const full = runDocument(rushResult());

const script = (page: string) => page.match(/<script>([\s\S]*?)<\/script>/)?.[1] as string;

test('the verdict comes first, in words', async () => {
  const page = await toHtml(full);
  const body = page.slice(page.indexOf('<body>'));
  assert.ok(body.indexOf('CONDITIONAL GO') < body.indexOf('aria-label="Contents"'));
  assert.match(page, /<title>CONDITIONAL GO · Load test report: shop\/rush<\/title>/);
});

test('every section and chart can be linked to, and the contents link to every section', async () => {
  const page = await toHtml(full);
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  for (const id of ['summary', 'timeline', 'flows', 'flow-order', 'notes']) assert.ok(links.includes(id), id);
  for (const link of links) assert.ok(ids.includes(link), link);
});

test('nothing comes from anywhere else, and no other script than its own may run', async () => {
  const page = await toHtml(full);
  assert.doesNotMatch(page, /\s(?:src|srcset|action)=|@import|url\(/);
  for (const [, href] of page.matchAll(/href="([^"]*)"/g)) assert.match(href as string, /^(#|data:,$)/);
  const hash = createHash('sha256').update(script(page)).digest('base64');
  assert.ok(page.includes(`script-src &#39;sha256-${hash}&#39;;`));
  assert.match(page, /content="default-src &#39;none&#39;;/);
});

const HOSTILE = `</script><img src=x onerror="alert('1')">&`;
const hostile: Block[] = [
  { kind: 'text', text: HOSTILE },
  { kind: 'list', items: [HOSTILE] },
  { kind: 'list', items: [HOSTILE], ordered: true },
  { kind: 'code', text: HOSTILE },
  { kind: 'absent', why: HOSTILE },
  {
    kind: 'table',
    caption: HOSTILE,
    columns: [{ title: HOSTILE }],
    rows: [[HOSTILE], [{ text: HOSTILE, tone: 'bad' }]],
  },
  {
    kind: 'chart',
    ...timeChart({
      title: HOSTILE,
      series: [{ name: HOSTILE, values: [1, 2, 3, 4] }],
      phases: [{ name: HOSTILE, startMs: 0, endMs: 4000 }],
    }),
  },
];

test('no text of a document is taken for markup', async () => {
  const document: Document = documentOf({
    title: HOSTILE,
    subtitle: HOSTILE,
    verdict: { words: HOSTILE, tone: 'neutral' },
    sections: [{ id: 'a', title: HOSTILE, blocks: hostile }],
  });
  const page = await toHtml(document);
  assert.ok(!page.includes('<img'));
  assert.equal(page.match(/<script/g)?.length, 2);
  assert.ok(page.includes('&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;'));
});

test('the values of charts travel with the page', async () => {
  const page = await toHtml(full);
  const data = page.match(/<script type="application\/json">(.*)<\/script>/)?.[1] as string;
  assert.deepEqual(JSON.parse(data), JSON.parse(JSON.stringify(timeGroups(full))));
});
