import { type HistoryRecord, RECORD_VERSION, recordLine } from '../../lib/core/across-runs/index.ts';
import schema from '../../lib/core/schemas/history.schema.json' with { type: 'json' };
import { jsonRoundTrip, validator } from '../results/validator.ts';
import { parsedOrNull } from '../support/json.ts';

const validate = validator(schema, 'record of the history');

/** Records as they are kept, a line each. @throws Error that names the first place where one is none */
export function formatRecordLines(records: readonly HistoryRecord[]): string {
  for (const record of records) validate(jsonRoundTrip(record));
  return records.map((record) => `${recordLine(record)}\n`).join('');
}

export interface ParsedRecordLines {
  records: HistoryRecord[];
  /** Written by a newer suite. */
  newer: number;
  /** Whatever else is no record. */
  broken: number;
}

export function parseRecordLines(text: string): ParsedRecordLines {
  const lines: ParsedRecordLines = { records: [], newer: 0, broken: 0 };
  for (const document of documentsIn(text)) {
    const version = (document as Partial<HistoryRecord> | null)?.schemaVersion ?? 0;
    if (version > RECORD_VERSION) lines.newer += 1;
    else if (isRecord(document)) lines.records.push(document);
    else lines.broken += 1;
  }
  return lines;
}

/** Also of those that this suite cannot read otherwise. */
export const runIdsIn = (text: string): Set<string | undefined> =>
  new Set(documentsIn(text).map((document) => (document as Partial<HistoryRecord> | null)?.run?.id));

function documentsIn(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(parsedOrNull);
}

function isRecord(document: unknown): document is HistoryRecord {
  try {
    validate(document);
    return true;
  } catch {
    return false;
  }
}
