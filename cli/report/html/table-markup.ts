import type { Cell, Table } from '../report-document.ts';
import { html, type Markup, type MarkupPart } from './markup.ts';

/** Returns a table in a box that scrolls horizontally, also with the keyboard. */
export function scrollableTable({ caption, columns, rows }: Table): Markup {
  const align = columns.map(({ align }) => (align === 'right' ? html` class="number"` : null));
  return html`<div class="scroll" role="group" aria-label="${caption}" tabindex="0"><table>
<caption><span>${caption}</span></caption>
<thead><tr>${columns.map(({ title }, i) => html`<th scope="col"${align[i] ?? null}>${title}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((cell, i) => tableCell(cell, i === 0, align[i] ?? null))}</tr>\n`)}</tbody>
</table></div>`;
}

function tableCell(cell: Cell, isName: boolean, align: Markup | null): Markup {
  const content = cellContent(cell);
  return isName ? html`<th scope="row"${align}>${content}</th>` : html`<td${align}>${content}</td>`;
}

function cellContent(cell: Cell): MarkupPart {
  if (typeof cell === 'string') return cell;
  return 'href' in cell
    ? html`<a href="${cell.href}">${cell.text}</a>`
    : html`<span class="tone ${cell.tone}">${cell.text}</span>`;
}
