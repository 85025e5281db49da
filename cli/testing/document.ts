import assert from 'node:assert/strict';
import type { Block, Cell, ReportDocument, Section, Table } from '../report/report-document.ts';

/** Helpers that extract the words and numbers of a report document, as readers see them. */

type Row = Record<string, string>;
type Blocks = Pick<Section, 'blocks'> | null;

export const wordsOf = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.text);

export const recordsOf = ({ columns, rows }: Table): Row[] =>
  rows.map((row) => Object.fromEntries(row.map((cell, i) => [columns[i]?.title, wordsOf(cell)])));

/** Returns all sections as a flat list, in which each section is followed by its subsections. */
export const flattened = (sections: readonly Section[]): Section[] =>
  sections.flatMap((section) => [section, ...flattened(section.sections ?? [])]);

export function sectionOf({ sections }: ReportDocument, id: string): Section {
  const found = flattened(sections).find((section) => section.id === id);
  assert.ok(found, `a section ${id}`);
  return found;
}

const blocksOf = <Kind extends Block['kind']>(section: Blocks, kind: Kind) =>
  (section?.blocks ?? []).filter((block): block is Extract<Block, { kind: Kind }> => block.kind === kind);

export const textsOf = (section: Blocks): string[] => blocksOf(section, 'text').map(({ text }) => text);
export const itemsOf = (section: Blocks): string[] => blocksOf(section, 'list').flatMap(({ items }) => items);
export const absentOf = (section: Blocks): string[] => blocksOf(section, 'absent').map(({ why }) => why);

export const chartsOf = ({ sections }: ReportDocument) =>
  flattened(sections).flatMap((section) => blocksOf(section, 'chart'));

/** Returns the table with the given caption in a section. If no caption is given, returns the first table. */
export function tableOf(section: Blocks, caption: string | RegExp = /^/): Table {
  const found = blocksOf(section, 'table').find((table) =>
    typeof caption === 'string' ? table.caption === caption : caption.test(table.caption),
  );
  assert.ok(found, `a table ${caption}`);
  return found;
}

export const tableIn = (document: ReportDocument, section: string, caption: string | RegExp): Table =>
  tableOf(sectionOf(document, section), caption);
