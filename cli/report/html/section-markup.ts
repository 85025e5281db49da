import type { Block, Section } from '../report-document.ts';
import type { AxisRange } from './charts/axis.ts';
import { chartFigure } from './charts/index.ts';
import { html, type Markup } from './markup.ts';
import { scrollableTable } from './table-markup.ts';

/** What each chart over time is as wide as, by its id. */
export type ChartTimeRanges = ReadonlyMap<string, AxisRange>;

const NO_TIME: AxisRange = { min: 0, max: 1 };
const DEEPEST = 6;

/** @param level of the heading: 2 below the title of the page */
export function sectionMarkup(
  { id, title, blocks, sections = [] }: Section,
  times: ChartTimeRanges,
  level = 2,
): Markup {
  const name = html`h${Math.min(level, DEEPEST)}`;
  // A name makes a landmark of it, and names of landmarks are unique: those of parts are not.
  const named = level === 2 ? html` aria-labelledby="${id}"` : null;
  return html`<section${named}>
<${name} id="${id}" tabindex="-1">${title}</${name}>
${blocks.map((block) => blockMarkup(block, times))}
${sections.map((part) => sectionMarkup(part, times, level + 1))}
</section>
`;
}

function blockMarkup(block: Block, times: ChartTimeRanges): Markup {
  switch (block.kind) {
    case 'text':
      return html`<p>${block.text}</p>\n`;
    case 'list': {
      const items = block.items.map((item) => html`<li>${item}</li>`);
      return block.ordered ? html`<ol>${items}</ol>\n` : html`<ul>${items}</ul>\n`;
    }
    case 'code':
      return html`<pre tabindex="0"><code>${block.text}</code></pre>\n`;
    case 'absent':
      return html`<p class="absent">${block.why}</p>\n`;
    case 'table':
      return html`${scrollableTable(block)}\n`;
    case 'chart':
      return html`${chartFigure(block, times.get(block.id) ?? NO_TIME)}\n`;
  }
}
