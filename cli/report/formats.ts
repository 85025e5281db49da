import type { Comparison } from '../../lib/core/comparison/index.ts';
import type { Result } from '../../lib/core/evidence/index.ts';
import { comparisonJson } from './compare/json.ts';
import { toCsv } from './csv.ts';
import { toJUnit } from './junit.ts';
import { toMarkdown } from './markdown.ts';
import type { ReportDocument } from './report-document.ts';

/** The input of a report: its document, and the data behind it for the formats that are not documents. */
export interface ReportSource {
  document: () => ReportDocument;
  run?: Result;
  comparison?: Comparison;
}

type Text = string | Promise<string>;

interface Format {
  /** Name of the report file. */
  file: string;
  /** Renders any report. */
  document?: (document: ReportDocument) => Text;
  /** Renders reports of a run only. */
  run?: (result: Result) => Text;
  /** Renders comparisons only. */
  comparison?: (comparison: Comparison) => Text;
}

export type FormatName = 'html' | 'markdown' | 'junit' | 'csv' | 'json';

/** Every report format. To add a format, add a row. */
export const REPORT_FORMATS: Record<FormatName, Format> = {
  html: {
    file: 'report.html',
    // Loaded only on demand, because most commands do not need it and loading takes time.
    document: async (document) => (await import('./html/index.ts')).toHtml(document),
  },
  markdown: { file: 'report.md', document: (document) => toMarkdown(document) },
  junit: { file: 'junit.xml', run: toJUnit },
  csv: { file: 'windows.csv', run: toCsv },
  json: { file: 'comparison.json', comparison: comparisonJson },
};

/** Names of the formats that a kind of report supports, in the order of the table. */
export const formatNamesFor = (kind: 'document' | 'run' | 'comparison'): FormatName[] =>
  (Object.keys(REPORT_FORMATS) as FormatName[]).filter(
    (name) => REPORT_FORMATS[name][kind] ?? REPORT_FORMATS[name].document,
  );

/** The function that renders a report in a format, or null if the report does not support that format. */
export function rendererOf(name: FormatName, { document, run, comparison }: ReportSource): (() => Text) | null {
  const format = REPORT_FORMATS[name];
  if (run && format.run) return () => format.run?.(run) ?? '';
  if (comparison && format.comparison) return () => format.comparison?.(comparison) ?? '';
  return format.document ? () => format.document?.(document()) ?? '' : null;
}
