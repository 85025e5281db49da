import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { alarmsOf, historiesOf } from '../../lib/core/across-runs/index.ts';
import { compare, DEFAULT_FLOORS, excerptOf } from '../../lib/core/comparison/index.ts';
import { type FigureUnit, formatExactValue, formatValue } from '../../lib/core/numbers/index.ts';
import { nightlyRecord } from '../../lib/core/testing/history.ts';
import { annotationsOf } from '../github/annotations.ts';
import { rushResult } from '../testing/rush.ts';
import { comparisonDocument } from './compare/comparison-document.ts';
import { comparisonReport } from './compare/terminal.ts';
import { formatNamesFor, REPORT_FORMATS, type ReportSource, rendererOf } from './formats.ts';
import { historyDocument } from './history/history-documents.ts';
import { historyReport } from './history/terminal.ts';
import { runReportSource } from './run-document.ts';
import { terminalReport } from './terminal.ts';

/** The size of each printed unit, measured in the unit in which results store the value. */
const UNITS: Record<string, [size: number, unit: FigureUnit]> = {
  ms: [1, 'ms'],
  s: [1000, 'ms'],
  '%': [0.01, 'fraction'],
  kB: [1024, 'bytes'],
  MB: [1024 ** 2, 'bytes'],
  GB: [1024 ** 3, 'bytes'],
  '/s': [1, 'perSecond'],
};

/**
 * Finds values in a text that `formatValue` did not format.
 * @param exact values that reports show with all digits
 */
function misformatted(text: string, exact: readonly string[]): string[] {
  const figures = text.matchAll(/(?<![\d.,:-])\d[\d,]*(?:\.\d+)?(?: (?:ms|s|%|kB|MB|GB)|\/s)(?![\w/])/g);
  return [...new Set([...figures].map(([figure]) => figure))].filter((figure) => {
    const [, number = '', name = ''] = /^([\d,.]+) ?(.+)$/.exec(figure) ?? [];
    const [size, unit] = UNITS[name] as [number, FigureUnit];
    const value = Number(number.replaceAll(',', '')) * size;
    return formatValue(value, unit) !== figure && !exact.includes(figure);
  });
}

const result = rushResult();
const limits = result.criteria.map(({ limit, unit }) => formatExactValue(limit, unit));
/** Values that reports show with all digits: the confidence level of intervals, and constants of rules. */
const CONSTANTS = [
  '95 %',
  '90 %',
  '50 %',
  formatExactValue(DEFAULT_FLOORS.relative, 'fraction'),
  formatExactValue(DEFAULT_FLOORS.ms, 'ms'),
];

describe('number format of values in reports', () => {
  for (const [wrong, figure] of [
    ['6.7 %', '6.70 %'],
    ['13 ms', '13.0 ms'],
    ['1536 MB', '1.50 GB'],
    ['12000 ms', '12.0 s'],
  ] as const)
    test(`the check of number formats rejects ${wrong} and accepts ${figure}`, () => {
      assert.deepEqual(misformatted(`from ${wrong} to ${figure}, with ${wrong}`, []), [wrong]);
    });

  const before = excerptOf(result);
  const comparison = compare([before], [{ ...before, id: 'after' }]);
  const nights = Array.from({ length: 30 }, (_, night) => nightlyRecord(night));
  const untilMs = Math.max(...nights.map(({ run }) => Date.parse(run.startedAt)));
  const histories = historiesOf(nights, { untilMs });
  const history = { product: 'shop', histories, alarms: alarmsOf(histories, { untilMs }) };
  const reports: Record<string, ReportSource> = {
    run: runReportSource(result),
    comparison: { comparison, document: () => comparisonDocument(comparison) },
    document: { document: () => historyDocument(history) },
  };
  for (const kind of ['run', 'comparison', 'document'] as const)
    for (const format of formatNamesFor(kind))
      test(`all values have the standard number format in ${REPORT_FORMATS[format].file} of a ${kind === 'document' ? 'history' : kind}`, async () => {
        const text = await rendererOf(format, reports[kind] as ReportSource)?.();
        assert.ok(text);
        // Removes styles and scripts, because readers do not see them.
        const visible = text.replaceAll(/<(style|script)[\s\S]*?<\/\1>/g, '');
        assert.deepEqual(misformatted(visible, [...limits, ...CONSTANTS]), []);
      });

  const texts: Record<string, string> = {
    'the terminal report of a run': terminalReport(result, 'results'),
    'the terminal report of a comparison': comparisonReport(comparison, true),
    'the terminal report of a history': historyReport(history),
    'the annotations of a run': JSON.stringify(annotationsOf(result)),
    'the texts of result.json': JSON.stringify([result.criteria, result.diagnosis, result.verdict, result.run.notes]),
  };
  for (const [where, text] of Object.entries(texts))
    test(`all values have the standard number format in ${where}`, () => {
      assert.deepEqual(misformatted(stripVTControlCharacters(text), [...limits, ...CONSTANTS]), []);
    });
});
