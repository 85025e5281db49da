import { damagedCount } from '../../evidence/index.ts';
import { sum } from '../../numbers/index.ts';
import { growingCount, type MeasureFunction, noData, sumOfField } from './measurement.ts';

export const damagedRecords: MeasureFunction<'damaged-records'> = ({ ledger }) => {
  if (!ledger) return noData('the records were not counted');
  const entries = Object.values(ledger);
  const damaged = Object.entries(ledger).filter(([, entry]) => damagedCount(entry) > 0);
  return {
    ...growingCount(sum(entries.map(damagedCount)), sumOfField(entries, 'acknowledged')),
    ...(damaged.length > 0 && {
      note: damaged
        .map(
          ([kind, { lost, incomplete, duplicates, acknowledged }]) =>
            `${kind}: ${lost} lost, ${incomplete} incomplete, ${duplicates} duplicated, of ${acknowledged} acknowledged`,
        )
        .join('; '),
    }),
  };
};
