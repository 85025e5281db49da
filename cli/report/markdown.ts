import { pluralize } from '../../lib/core/numbers/index.ts';
import type { Block, Cell, ReportDocument, Section, Table } from './report-document.ts';

/** The maximum size of a job summary on GitHub. */
export const MAX_JOB_SUMMARY_BYTES = 1024 * 1024;

/**
 * Returns a report as GitHub-flavored Markdown, without charts, because a table next to each chart shows the same data.
 * If the report is larger than `maxBytes`, the longest tables are cut first. Each cut table states how many rows are
 * missing.
 */
export function toMarkdown(document: ReportDocument, { maxBytes = MAX_JOB_SUMMARY_BYTES } = {}): string {
  const full = render(document, Infinity);
  if (byteLength(full) <= maxBytes) return full;
  const maxRows = maxFittingRows(document, (rows) => byteLength(render(document, rows)) <= maxBytes);
  return cutAtLine(render(document, maxRows), maxBytes);
}

const byteLength = (text: string) => Buffer.byteLength(text);

/** Finds the maximum number of rows per table with which the report fits, by binary search. */
function maxFittingRows(document: ReportDocument, fits: (rows: number) => boolean): number {
  let low = 0;
  let high = longestTable(document.sections);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function longestTable(sections: readonly Section[]): number {
  return sections.reduce((longest, { blocks, sections: parts = [] }) => {
    const rows = blocks.map((block) => (block.kind === 'table' ? block.rows.length : 0));
    return Math.max(longest, longestTable(parts), ...rows);
  }, 0);
}

const CUT = '\n… This report was cut here because of its size. See result.json for the rest.\n';

/** Cuts a text that is too long even without table rows. The cut is after the last line that fits. */
function cutAtLine(text: string, maxBytes: number): string {
  if (byteLength(text) <= maxBytes) return text;
  const room = Buffer.from(text).subarray(0, Math.max(0, maxBytes - byteLength(CUT)));
  return room.subarray(0, room.lastIndexOf('\n') + 1).toString() + CUT;
}

function render({ title, subtitle, verdict, sections }: ReportDocument, maxRows: number): string {
  const parts = [
    `# ${inline(title)}`,
    paragraph(subtitle),
    `**${inline(verdict.words)}**`,
    ...sections.flatMap((section) => renderSection(section, 2, maxRows)),
  ];
  return `${parts.join('\n\n')}\n`;
}

const MAX_HEADING_LEVEL = 6;

function renderSection({ title, blocks, sections = [] }: Section, level: number, maxRows: number): string[] {
  return [
    `${'#'.repeat(Math.min(level, MAX_HEADING_LEVEL))} ${inline(title)}`,
    ...blocks.flatMap((block) => renderBlock(block, maxRows)),
    ...sections.flatMap((section) => renderSection(section, level + 1, maxRows)),
  ];
}

function renderBlock(block: Block, maxRows: number): string[] {
  switch (block.kind) {
    case 'text':
      return [paragraph(block.text)];
    case 'absent':
      return [`_${inline(block.why)}_`];
    case 'list':
      return [block.items.map((item, i) => `${block.ordered ? `${i + 1}.` : '-'} ${paragraph(item)}`).join('\n')];
    case 'code':
      return [fenced(block.text)];
    case 'table':
      return renderTable(block, maxRows);
    case 'chart':
      return [];
  }
}

function renderTable({ caption, columns, rows }: Table, maxRows: number): string[] {
  const shown = rows.slice(0, maxRows);
  const missing = rows.length - shown.length;
  const lines = [
    line(columns.map(({ title }) => title)),
    `| ${columns.map(({ align }) => (align === 'right' ? '---:' : ':---')).join(' | ')} |`,
    ...shown.map(line),
  ];
  return [
    `**${inline(caption)}**`,
    lines.join('\n'),
    ...(missing > 0 ? [`_… ${pluralize(missing, 'more row')} in result.json_`] : []),
  ];
}

const line = (cells: readonly Cell[]) => `| ${cells.map(cellText).join(' | ')} |`;

function cellText(cell: Cell): string {
  if (typeof cell === 'string') return inline(cell);
  return 'href' in cell ? `[${inline(cell.text)}](<${cell.href}>)` : inline(cell.text);
}

/** Returns a code block. Its fence is longer than any sequence of backticks in the code. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

/**
 * Matches characters that have a meaning in Markdown. `<` has one only before a tag name, and `_` only at the edge of a
 * word.
 */
const MARKUP = /[\\`*[\]|~$]|<(?=[\w/!?])|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
const ENTITY = /&(?=#?\w+;)/g;

/** Escapes a text so that Markdown shows it literally, and removes its line breaks. */
function inline(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(MARKUP, (mark) => `\\${mark}`)
    .replace(ENTITY, '&amp;');
}

/** Matches the start of a heading, list or quotation, up to the character that must be escaped. */
const BLOCK_START = /^(\d*)(?=[#+>-]|(?<=\d)[.)](?:\s|$))/;

/** Escapes like {@link inline}, and also the characters that have a meaning only at the start of a line. */
const paragraph = (text: string) => inline(text).replace(BLOCK_START, '$1\\');
