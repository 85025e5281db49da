import type { Block, Section } from '../report-document.ts';
import type { AxisRange } from './charts/axis.ts';
import { chartFigure } from './charts/index.ts';
import { html, type Markup } from './markup.ts';
import { scrollableTable } from './table-markup.ts';

/** The visible period of each time chart, by the ID of the chart. */
export type ChartTimeRanges = ReadonlyMap<string, AxisRange>;

/** A placeholder for charts without a time axis, which ignore the period. */
const UNUSED_RANGE: AxisRange = { min: 0, max: 1 };
const MAX_HEADING_LEVEL = 6;

/** @param level the heading level; top-level sections have level 2 */
export function sectionMarkup(
  { id, title, blocks, sections = [] }: Section,
  times: ChartTimeRanges,
  level = 2,
): Markup {
  const heading = html`h${Math.min(level, MAX_HEADING_LEVEL)}`;
  // Only top-level sections have a label, which makes them landmarks. Labels of landmarks must be unique, but titles of
  // subsections are not unique.
  const label = level === 2 ? html` aria-labelledby="${id}"` : null;
  return html`<section${label}>
<${heading} id="${id}" tabindex="-1">${title}</${heading}>
${blocks.map((block) => blockMarkup(block, times))}
${sections.map((subsection) => sectionMarkup(subsection, times, level + 1))}
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
      return html`${chartFigure(block, times.get(block.id) ?? UNUSED_RANGE)}\n`;
  }
}
