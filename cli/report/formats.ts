import type { Result } from '../../lib/core/evidence/index.ts';
import { toCsv } from './csv.ts';
import { toHtml } from './html/index.ts';
import { toJUnit } from './junit.ts';
import { toMarkdown } from './markdown.ts';
import { runDocument } from './run-document.ts';

/** A form in which a report is a file: its name beside what it is made from, and how it is made from that alone. */
export interface FileFormat<T> {
  file: string;
  render: (of: T) => string | Promise<string>;
}

/** A file that is not made yet. */
export interface Rendering {
  file: string;
  render: () => string | Promise<string>;
}

export const rendering = <T>({ file, render }: FileFormat<T>, of: () => T): Rendering => ({
  file,
  render: () => render(of()),
});

export const FILE_FORMATS = {
  html: { file: 'report.html', render: (result) => toHtml(runDocument(result)) },
  markdown: { file: 'report.md', render: (result) => toMarkdown(runDocument(result)) },
  junit: { file: 'junit.xml', render: toJUnit },
  csv: { file: 'windows.csv', render: toCsv },
} as const satisfies Record<string, FileFormat<Result>>;

export type FileFormatName = keyof typeof FILE_FORMATS;
