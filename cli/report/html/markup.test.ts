import assert from 'node:assert/strict';
import { test } from 'node:test';
import { html, json } from './markup.ts';

test('what is put into a template is text, unless it is markup', () => {
  const { text } =
    html`<p title="${'"a" & \'b\''}">${'<script>'}${html`<b>${1}</b>`}${null}${['<', html`<i>`]}</p>`;
  assert.equal(text, '<p title="&quot;a&quot; &amp; &#39;b&#39;">&lt;script&gt;<b>1</b>&lt;<i></p>');
});

test('JSON cannot end the script element that it stands in, and reads as what it was', () => {
  const value = { text: '</script><!-- <script>', numbers: [1, null, 0.5] };
  const { text } = json(value);
  assert.ok(!text.includes('<'));
  assert.deepEqual(JSON.parse(text), value);
});
