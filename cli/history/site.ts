import { existsSync } from 'node:fs';
import path from 'node:path';
import type { HistoryRecord } from '../../lib/core/across-runs/index.ts';
import { REPORT_FORMATS } from '../report/formats.ts';
import { historyDocument, historyIndexDocument, type ProductHistory } from '../report/history/history-documents.ts';
import { toHtml } from '../report/html/index.ts';
import { writeFileAtomically } from '../results/run-folder.ts';

/**
 * Writes a static site: an index page, and one page with the history of each product. The pages link to the reports of
 * runs that are in the same folder.
 * @returns the written files, the index first
 */
export async function writeSite(folder: string, products: readonly ProductHistory[]): Promise<string[]> {
  const reportOf = (record: HistoryRecord) => reportIn(folder, record);
  const pages = [
    {
      file: 'index.html',
      document: historyIndexDocument(products, (product) => addressOf(pageOf(product)), reportOf),
    },
    ...products.map((history) => ({
      file: pageOf(history.product),
      document: historyDocument(history, reportOf),
    })),
  ];
  const files = pages.map(({ file }) => path.join(folder, file));
  for (const [i, { document }] of pages.entries())
    await writeFileAtomically(files[i] as string, await toHtml(document));
  return files;
}

/** A safe file name for a product, whose name may contain slashes. */
export const productFile = (product: string, extension: string): string =>
  `${encodeURIComponent(product)}.${extension}`;

const pageOf = (product: string): string => productFile(product, 'html');

/**
 * The URL of the report of a run, relative to the pages; null if there is none. Fields of a record are not trusted, so
 * the path must stay within the folder.
 */
function reportIn(folder: string, { run: { product, test, id } }: HistoryRecord): string | null {
  const parts = [product, test, id, REPORT_FORMATS.html.file];
  const file = path.join(folder, ...parts);
  const isWithin = path.relative(folder, file) === parts.join(path.sep);
  return isWithin && existsSync(file) ? parts.map(addressOf).join('/') : null;
}

const addressOf = (name: string): string => encodeURIComponent(name);
