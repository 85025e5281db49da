import { existsSync } from 'node:fs';
import path from 'node:path';
import type { HistoryRecord } from '../../lib/core/across-runs/index.ts';
import { REPORT_FORMATS } from '../report/formats.ts';
import { historyDocument, historyIndexDocument, type ProductHistory } from '../report/history/history-documents.ts';
import { toHtml } from '../report/html/index.ts';
import { writeFileAtomically } from '../results/run-folder.ts';

/**
 * Writes a static site: an index page, and one page with the history of each product. The pages link to the reports
 * that exist in the same folder.
 * @returns the paths of the written files, starting with the index
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

/** Returns the name of the file for a product. Encodes the product name, which may contain slashes. */
export const productFile = (product: string, extension: string): string =>
  `${encodeURIComponent(product)}.${extension}`;

const pageOf = (product: string): string => productFile(product, 'html');

/**
 * Returns the URL of the report of a run, relative to the pages; null if the report does not exist. Records are not
 * trusted, so a record cannot refer to a file outside the folder.
 */
function reportIn(folder: string, { run: { product, test, id } }: HistoryRecord): string | null {
  const parts = [product, test, id, REPORT_FORMATS.html.file];
  const file = path.join(folder, ...parts);
  const isWithin = path.relative(folder, file) === parts.join(path.sep);
  return isWithin && existsSync(file) ? parts.map(addressOf).join('/') : null;
}

const addressOf = (name: string): string => encodeURIComponent(name);
