import type { Comparison } from '../../lib/core/comparison/index.ts';
import type { Result } from '../../lib/core/evidence/index.ts';
import { comparisonJson } from './compare/json.ts';
import { toCsv } from './csv.ts';
import { toJUnit } from './junit.ts';
import { toMarkdown } from './markdown.ts';
import type { ReportDocument } from './report-document.ts';

/** What a report is made from: a document, and the data behind it for the formats that are not documents. */
export interface ReportSource {
  document: () => ReportDocument;
  run?: Result;
  comparison?: Comparison;
}

type Text = string | Promise<string>;

interface Format {
  /** The name of the file that it is written to. */
  file: string;
  /** For every report. */
  document?: (document: ReportDocument) => Text;
  /** For reports of a run alone. */
  run?: (result: Result) => Text;
  /** For comparisons alone. */
  comparison?: (comparison: Comparison) => Text;
}

export type FormatName = 'html' | 'markdown' | 'junit' | 'csv' | 'json';

/** Every format that a report can be written in: a new one is a row here. */
export const REPORT_FORMATS: Record<FormatName, Format> = {
  html: {
    file: 'report.html',
    // It takes time to load that most commands need not spend.
    document: async (document) => (await import('./html/index.ts')).toHtml(document),
  },
  markdown: { file: 'report.md', document: (document) => toMarkdown(document) },
  junit: { file: 'junit.xml', run: toJUnit },
  csv: { file: 'windows.csv', run: toCsv },
  json: { file: 'comparison.json', comparison: comparisonJson },
};

/** Formats of a kind of report, in the order of the table. */
export const formatNamesFor = (kind: 'document' | 'run' | 'comparison'): FormatName[] =>
  (Object.keys(REPORT_FORMATS) as FormatName[]).filter(
    (name) => REPORT_FORMATS[name][kind] ?? REPORT_FORMATS[name].document,
  );

/** How a report is rendered; null where it cannot have this format. */
export function rendererOf(
  name: FormatName,
  { document, run, comparison }: ReportSource,
): (() => Text) | null {
  const format = REPORT_FORMATS[name];
  if (run && format.run) return () => format.run?.(run) ?? '';
  if (comparison && format.comparison) return () => format.comparison?.(comparison) ?? '';
  return format.document ? () => format.document?.(document()) ?? '' : null;
}
