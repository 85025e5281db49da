import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type HistoryRecord, recordOf } from '../../lib/core/across-runs/index.ts';
import {
  diagnosis,
  emptyEvidence,
  endpointFigures,
  judgedCriterion,
  repeat,
  resultOf,
} from '../../lib/core/testing/evidence.ts';
import { flowRecord, nightlyRecord } from '../../lib/core/testing/history.ts';
import { formatRecordLines, parseRecordLines, runIdsIn } from './record-lines.ts';

const records: Record<string, HistoryRecord> = {
  'for an ordinary run': recordOf(
    resultOf({
      endpoints: [endpointFigures('GET /a', { values: repeat(100, 12) })],
      criteria: [judgedCriterion({ status: 'fail' })],
      diagnosis: [diagnosis()],
    }),
  ),
  'for a run without measurements': recordOf({ ...resultOf(), ...emptyEvidence() }),
  'for a run with a flow and memory': nightlyRecord(1, {
    flows: [flowRecord(100, { pay: 3 })],
    memory: { bytesPerHour: -12.5, low: null, high: 3 },
  }),
};

describe('a history file', () => {
  for (const [title, record] of Object.entries(records))
    test(`a history file preserves the record ${title}`, () => {
      const text = formatRecordLines([record]);
      assert.equal(text.split('\n').length, 2, 'one line');
      assert.deepEqual(parseRecordLines(text), { records: [record], newer: 0, broken: 0 });
    });
});

test('formatRecordLines rejects an invalid record', () => {
  const wrong = { ...nightlyRecord(1), more: 1 } as HistoryRecord;
  assert.throws(
    () => formatRecordLines([nightlyRecord(2), wrong]),
    /not a valid history record: .* additional properties/,
  );
});

test('parseRecordLines counts lines that a newer version wrote, and invalid lines', () => {
  const newer = JSON.stringify({ schemaVersion: 3, run: { id: 'later' } });
  const text = [formatRecordLines([nightlyRecord(1)]).trim(), newer, '17', 'null', '{"schemaVersion":1}', '{', ''].join(
    '\n',
  );
  const { records: parsedRecords, ...counts } = parseRecordLines(text);
  assert.deepEqual(counts, { newer: 1, broken: 4 });
  assert.equal(parsedRecords.length, 1);
  assert.ok(runIdsIn(text).has('later'), 'its ID is known nevertheless');
});
