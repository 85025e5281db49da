import { damagedCount, type Evidence, type LedgerEntry } from '../../evidence/index.ts';
import { pluralize, sum } from '../../numbers/index.ts';
import { wholeRun } from './periods.ts';
import { certainAbsence, type DiagnosisRule, directSignal, uncertainAbsence } from './rule.ts';

type Kind = [kind: string, entry: LedgerEntry];

const kindsOf = ({ ledger }: Evidence): Kind[] => Object.entries(ledger ?? {});

const damagedOf = (evidence: Evidence): Kind[] =>
  kindsOf(evidence).filter(([, entry]) => damagedCount(entry) > 0);

/** Where records are not as they were acknowledged, no setting brings them back. */
export const nothingDamaged = (evidence: Evidence): boolean => damagedOf(evidence).length === 0;

/** What each kind of damage comes of. */
const DAMAGES: readonly {
  of: keyof LedgerEntry & ('lost' | 'incomplete' | 'duplicates');
  told: string;
  mend: string;
}[] = [
  {
    of: 'lost',
    told: 'not there',
    mend: 'answers before its transaction is committed, or whether or not it was',
  },
  {
    of: 'incomplete',
    told: 'there by half',
    mend: 'writes what belongs together in more than one transaction',
  },
  { of: 'duplicates', told: 'there once more', mend: 'does a request again without a key to know it by' },
];

const whereOf = ([kind, { endpoints = [] }]: Kind): string => endpoints.join(' and ') || kind;

function told(one: Kind): string {
  const [kind, entry] = one;
  const parts = DAMAGES.filter(({ of }) => entry[of] > 0).map(({ of, told }) => `${entry[of]} ${told}`);
  return `${whereOf(one)}: of ${pluralize(entry.acknowledged, 'record')} acknowledged (${kind}) are ${parts.join(', ')}`;
}

export const recordsDamaged: DiagnosisRule = {
  cause: 'records-damaged',
  title: 'Acknowledged records are lost or damaged',
  alternatives: ['process-crash', 'database-unavailable'],

  suspect(evidence) {
    const damaged = damagedOf(evidence);
    if (damaged.length === 0) return null;
    const mends = DAMAGES.filter(({ of }) => damaged.some(([, entry]) => entry[of] > 0)).map(
      ({ mend }) => mend,
    );
    return {
      signals: damaged.map((one) => directSignal(wholeRun(evidence), told(one))),
      recommendation: `Find where ${damaged.map(whereOf).join(', ')} ${mends.join('; or ')}. Until it is mended, an answer of this service is no promise: look in the database for what else is missing.`,
      effect: { criterionKinds: ['damaged-records'] },
    };
  },

  absence(evidence) {
    const kinds = kindsOf(evidence);
    const acknowledged = sum(kinds.map(([, entry]) => entry.acknowledged));
    return kinds.length === 0
      ? uncertainAbsence('lost records: nobody counted them')
      : certainAbsence(
          `all of ${pluralize(acknowledged, 'record')} that were acknowledged are there, whole and once`,
        );
  },
};
