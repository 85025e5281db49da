import { damageOf } from '../../evidence/index.ts';
import { sum } from '../../numbers/index.ts';
import { happened, noData, sumOf, type Take } from './measurement.ts';

export const damagedRecords: Take<'damaged-records'> = ({ ledger }) => {
  if (!ledger) return noData('nobody has counted the records');
  const entries = Object.values(ledger);
  const damaged = Object.entries(ledger).filter(([, entry]) => damageOf(entry) > 0);
  return {
    ...happened(sum(entries.map(damageOf)), sumOf(entries, 'acknowledged')),
    ...(damaged.length > 0 && {
      note: damaged
        .map(
          ([kind, { lost, incomplete, duplicates, acknowledged }]) =>
            `${kind}: ${lost} lost, ${incomplete} half-written, ${duplicates} doubled, of ${acknowledged}`,
        )
        .join('; '),
    }),
  };
};
