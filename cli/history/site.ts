import { existsSync } from 'node:fs';
import path from 'node:path';
import type { HistoryRecord } from '../../lib/core/across-runs/index.ts';
import { REPORT_FORMATS } from '../report/formats.ts';
import {
  historyDocument,
  historyIndexDocument,
  type ProductHistory,
} from '../report/history/history-documents.ts';
import { toHtml } from '../report/html/index.ts';
import { writeFileAtomically } from '../results/run-folder.ts';

/**
 * Pages that need nothing but each other: an index, and the history of each product. Reports of runs that are in the
 * same folder, as they are in one of results, are linked to.
 * @returns the files, the index first
 */
export async function writeSite(folder: string, products: readonly ProductHistory[]): Promise<string[]> {
  const reportOf = (record: HistoryRecord) => reportIn(folder, record);
  const pages = [
    {
      file: 'index.html',
      document: historyIndexDocument(products, (product) => addressOf(pageOf(product)), reportOf),
    },
    ...products.map((one) => ({ file: pageOf(one.product), document: historyDocument(one, reportOf) })),
  ];
  const files = pages.map(({ file }) => path.join(folder, file));
  for (const [i, { document }] of pages.entries())
    await writeFileAtomically(files[i] as string, await toHtml(document));
  return files;
}

/** A name that leads nowhere else, whatever a product is called. */
export const productFile = (product: string, ending: string): string =>
  `${encodeURIComponent(product)}.${ending}`;

const pageOf = (product: string): string => productFile(product, 'html');

/** From a page of the folder. What a record says is no path before it was seen to be one. */
function reportIn(folder: string, { run: { product, test, id } }: HistoryRecord): string | null {
  const parts = [product, test, id, REPORT_FORMATS.html.file];
  const file = path.join(folder, ...parts);
  const isWithin = path.relative(folder, file) === parts.join(path.sep);
  return isWithin && existsSync(file) ? parts.map(addressOf).join('/') : null;
}

const addressOf = (name: string): string => encodeURIComponent(name);
