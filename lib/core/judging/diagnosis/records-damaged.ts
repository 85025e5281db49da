import { damagedCount, type Evidence, type LedgerEntry } from '../../evidence/index.ts';
import { pluralize, sum } from '../../numbers/index.ts';
import { wholeRun } from './periods.ts';
import { certainAbsence, type DiagnosisRule, directSignal, uncertainAbsence } from './rule.ts';

type KindEntry = [kind: string, entry: LedgerEntry];

const kindsOf = ({ ledger }: Evidence): KindEntry[] => Object.entries(ledger ?? {});

const damagedOf = (evidence: Evidence): KindEntry[] => kindsOf(evidence).filter(([, entry]) => damagedCount(entry) > 0);

/** Returns false if records are lost or damaged, because no configuration change can recover them. */
export const nothingDamaged = (evidence: Evidence): boolean => damagedOf(evidence).length === 0;

/** Kinds of damage, each with its name in the evidence and the endpoint behavior that likely causes it. */
const DAMAGES: readonly {
  field: keyof LedgerEntry & ('lost' | 'incomplete' | 'duplicates');
  label: string;
  behavior: string;
}[] = [
  {
    field: 'lost',
    label: 'missing',
    behavior: 'responds before its transaction is committed, or regardless of whether it commits',
  },
  {
    field: 'incomplete',
    label: 'incomplete',
    behavior: 'writes related data in more than one transaction',
  },
  {
    field: 'duplicates',
    label: 'duplicated',
    behavior: 'repeats a request without an idempotency key',
  },
];

const whereOf = ([kind, { endpoints = [] }]: KindEntry): string => endpoints.join(' and ') || kind;

function damageText(kindEntry: KindEntry): string {
  const [kind, entry] = kindEntry;
  const damages = DAMAGES.filter(({ field }) => entry[field] > 0).map(({ field, label }) => `${entry[field]} ${label}`);
  return `${whereOf(kindEntry)}: of ${pluralize(entry.acknowledged, 'acknowledged record')} (${kind}), ${damages.join(', ')}`;
}

export const recordsDamaged: DiagnosisRule = {
  cause: 'records-damaged',
  title: 'Acknowledged records are lost or damaged',
  alternatives: ['process-crash', 'database-unavailable'],

  suspect(evidence) {
    const damaged = damagedOf(evidence);
    if (damaged.length === 0) return null;
    const behaviors = DAMAGES.filter(({ field }) => damaged.some(([, entry]) => entry[field] > 0)).map(
      ({ behavior }) => behavior,
    );
    return {
      signals: damaged.map((kindEntry) => directSignal(wholeRun(evidence), damageText(kindEntry))),
      recommendation: `Find where ${damaged.map(whereOf).join(', ')} ${behaviors.join('; or ')}. Until this is fixed, a successful response from this service guarantees nothing, so check the database for other missing data.`,
      effect: { criterionKinds: ['damaged-records'] },
    };
  },

  absence(evidence) {
    const kinds = kindsOf(evidence);
    const acknowledged = sum(kinds.map(([, entry]) => entry.acknowledged));
    return kinds.length === 0
      ? uncertainAbsence('lost records: the records were not counted')
      : certainAbsence(`all ${pluralize(acknowledged, 'acknowledged record')} exist, complete and without duplicates`);
  },
};
