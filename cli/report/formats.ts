import type { Result } from '../../lib/core/result.ts';
import { toCsv } from './csv.ts';
import { toHtml } from './html/index.ts';
import { toJUnit } from './junit.ts';
import { toMarkdown } from './markdown.ts';
import { runDocument } from './run-document.ts';

/** A form in which a report is a file: its name beside `result.json`, and how it is made from the result alone. */
interface FileFormat {
  file: string;
  render: (result: Result) => string | Promise<string>;
}

export const FILE_FORMATS = {
  html: { file: 'report.html', render: (result) => toHtml(runDocument(result)) },
  markdown: { file: 'report.md', render: (result) => toMarkdown(runDocument(result)) },
  junit: { file: 'junit.xml', render: toJUnit },
  csv: { file: 'windows.csv', render: toCsv },
} as const satisfies Record<string, FileFormat>;

export type FileFormatName = keyof typeof FILE_FORMATS;
