import { type HistoryRecord, RECORD_VERSION, recordLine } from '../../lib/core/across-runs/index.ts';
import schema from '../../lib/core/schemas/history.schema.json' with { type: 'json' };
import { type Document, migrated, RECORD_MIGRATIONS } from '../results/migrations.ts';
import { jsonRoundTrip, validator } from '../results/validator.ts';
import { parsedOrNull } from '../support/json.ts';

const validate = validator(schema, 'history record');

/**
 * Formats each record as one line of JSON. @throws Error that names the first invalid field if a record is not valid
 */
export function formatRecordLines(records: readonly HistoryRecord[]): string {
  for (const record of records) validate(jsonRoundTrip(record));
  return records.map((record) => `${recordLine(record)}\n`).join('');
}

export interface ParsedRecordLines {
  records: HistoryRecord[];
  /** The number of lines that a newer version of load-suite wrote. */
  newer: number;
  /** The number of lines that are not valid records. Excludes lines of newer versions. */
  broken: number;
}

export function parseRecordLines(text: string): ParsedRecordLines {
  const parsed: ParsedRecordLines = { records: [], newer: 0, broken: 0 };
  for (const document of documentsIn(text)) {
    const version = (document as Partial<HistoryRecord> | null)?.schemaVersion ?? 0;
    const record = migrated({ ...(document as Document), schemaVersion: version }, RECORD_VERSION, RECORD_MIGRATIONS);
    if (version > RECORD_VERSION) parsed.newer += 1;
    else if (isRecord(record)) parsed.records.push(record);
    else parsed.broken += 1;
  }
  return parsed;
}

/** Returns the run IDs of all lines, including lines that this version cannot read as records. */
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
