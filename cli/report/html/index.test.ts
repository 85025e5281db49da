import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { phasesWithLengths } from '../../../lib/core/testing/evidence.ts';
import { documentOf, histogramChart, timeChart } from '../../testing/html.ts';
import { rushResult } from '../../testing/rush.ts';
import type { Block, ReportDocument } from '../report-document.ts';
import { runDocument } from '../run-document.ts';
import { toHtml } from './index.ts';
import { html, json } from './markup.ts';
import { scrollableTable } from './table-markup.ts';
import { timeGroups } from './time-groups.ts';

const full = runDocument(rushResult());

const script = (page: string) => page.match(/<script>([\s\S]*?)<\/script>/)?.[1] as string;

test('the HTML report starts with the verdict in words', async () => {
  const page = await toHtml(full);
  const body = page.slice(page.indexOf('<body>'));
  assert.ok(body.indexOf('CONDITIONAL GO') < body.indexOf('aria-label="Contents"'));
  assert.match(page, /<title>CONDITIONAL GO · Load test report: shop\/rush<\/title>/);
});

test('IDs in the HTML report are unique, and every link in the table of contents leads to a section', async () => {
  const page = await toHtml(full);
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  for (const id of ['summary', 'timeline', 'flows', 'flow-order', 'notes']) assert.ok(links.includes(id), id);
  for (const link of links) assert.ok(ids.includes(link), link);
});

test('the HTML report loads no external resources, and its policy allows only its own script', async () => {
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

test('the HTML report escapes markup in the text of a document', async () => {
  const document: ReportDocument = documentOf({
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

test('the HTML page contains the values of its charts as JSON', async () => {
  const page = await toHtml(full);
  const data = page.match(/<script type="application\/json">(.*)<\/script>/)?.[1] as string;
  assert.deepEqual(JSON.parse(data), JSON.parse(JSON.stringify(timeGroups(full))));
});

test('the html tag escapes inserted values except Markup', () => {
  const { text } = html`<p title="${'"a" & \'b\''}">${'<script>'}${html`<b>${1}</b>`}${null}${['<', html`<i>`]}</p>`;
  assert.equal(text, '<p title="&quot;a&quot; &amp; &#39;b&#39;">&lt;script&gt;<b>1</b>&lt;<i></p>');
});

test('JSON embedded in a page cannot close its script element and parses to the original value', () => {
  const value = { text: '</script><!-- <script>', numbers: [1, null, 0.5] };
  const { text } = json(value);
  assert.ok(!text.includes('<'));
  assert.deepEqual(JSON.parse(text), value);
});

test('cells of an HTML table can contain links and colored verdicts', () => {
  const { text } = scrollableTable({
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

const timeBlock = (parts: Parameters<typeof timeChart>[0]): Block => ({ kind: 'chart', ...timeChart(parts) });
const section = (id: string, blocks: Block[]) => ({ id, title: id, blocks });

test('time charts of one run share their visible period, and charts of another run have a different period', () => {
  const other = phasesWithLengths({ hold: 9000 });
  const groups = timeGroups({
    sections: [
      {
        ...section('a', [timeBlock({ id: 'vus' }), { kind: 'chart', ...histogramChart() }]),
        sections: [section('a1', [timeBlock({ id: 'memory', atMs: [-500, 4500] })])],
      },
      section('b', [timeBlock({ id: 'other', atMs: [0, 9000], phases: other })]),
    ],
  });
  assert.deepEqual(
    groups.map(({ time, charts }) => ({ time, ids: charts.map(({ id }) => id) })),
    [
      { time: { min: -500, max: 4500 }, ids: ['vus', 'memory'] },
      { time: { min: 0, max: 9000 }, ids: ['other'] },
    ],
  );
});

test('a time chart with one sample or without samples has a period of at least the minimum length', () => {
  const timeOf = (atMs: number[]) => timeGroups({ sections: [section('a', [timeBlock({ atMs })])] })[0]?.time;
  assert.deepEqual(timeOf([5000]), { min: 4000, max: 6000 });
  assert.deepEqual(timeOf([]), { min: 0, max: 2000 });
});

test('all charts with a date axis share one period with a margin at both ends', () => {
  const dates = (id: string, atMs: number[], phases = phasesWithLengths({ one: 1 })) =>
    timeBlock({ id, axis: 'date', atMs, phases });
  const groups = timeGroups({
    sections: [section('a', [dates('x', [0, 50 * 86_400_000]), dates('y', [86_400_000], [])])],
  });
  assert.deepEqual(
    groups.map(({ time, charts }) => ({ time, ids: charts.map(({ id }) => id) })),
    [{ time: { min: -86_400_000, max: 51 * 86_400_000 }, ids: ['x', 'y'] }],
  );
});
