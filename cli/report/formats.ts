import type { Comparison } from '../../lib/core/comparison/index.ts';
import type { Result } from '../../lib/core/evidence/index.ts';
import { comparisonJson } from './compare/json.ts';
import { toCsv } from './csv.ts';
import { toJUnit } from './junit.ts';
import { toMarkdown } from './markdown.ts';
import type { ReportDocument } from './report-document.ts';

/**
 * The data that a report is rendered from: the document, and the result or comparison for formats such as CSV and JSON.
 */
export interface ReportSource {
  document: () => ReportDocument;
  run?: Result;
  comparison?: Comparison;
}

type Text = string | Promise<string>;

interface Format {
  /** File name of a report in this format. */
  file: string;
  /** Renders any kind of report. */
  document?: (document: ReportDocument) => Text;
  /** Renders the report of a run. Other kinds of reports do not support this format. */
  run?: (result: Result) => Text;
  /** Renders the report of a comparison. Other kinds of reports do not support this format. */
  comparison?: (comparison: Comparison) => Text;
}

export type FormatName = 'html' | 'markdown' | 'junit' | 'csv' | 'json';

/** All report formats. Add a row here to add a format. */
export const REPORT_FORMATS: Record<FormatName, Format> = {
  html: {
    file: 'report.html',
    // The HTML renderer is imported only when needed, because most commands write no HTML and the import is slow.
    document: async (document) => (await import('./html/index.ts')).toHtml(document),
  },
  markdown: { file: 'report.md', document: (document) => toMarkdown(document) },
  junit: { file: 'junit.xml', run: toJUnit },
  csv: { file: 'windows.csv', run: toCsv },
  json: { file: 'comparison.json', comparison: comparisonJson },
};

/** Returns the names of the formats that a kind of report supports, in the order of the table above. */
export const formatNamesFor = (kind: 'document' | 'run' | 'comparison'): FormatName[] =>
  (Object.keys(REPORT_FORMATS) as FormatName[]).filter(
    (name) => REPORT_FORMATS[name][kind] ?? REPORT_FORMATS[name].document,
  );

/** Returns the function that renders a kind of report in a format, or null if that kind does not support the format. */
export function rendererOf(name: FormatName, { document, run, comparison }: ReportSource): (() => Text) | null {
  const format = REPORT_FORMATS[name];
  if (run && format.run) return () => format.run?.(run) ?? '';
  if (comparison && format.comparison) return () => format.comparison?.(comparison) ?? '';
  return format.document ? () => format.document?.(document()) ?? '' : null;
}
