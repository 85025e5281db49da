import type { Tested } from '../../../lib/core/across-runs/index.ts';
import type { Cause, Diagnosis } from '../../../lib/core/evidence/index.ts';
import type { Section } from '../document.ts';
import { formatRange } from '../format.ts';
import { absent, NOTHING, table } from '../run/blocks.ts';
import { confidenceText } from '../words.ts';
import { type Ran, ranOf } from './tested.ts';

/** A diagnosis, and the test that it was made of. */
export interface Diagnosed extends Ran {
  diagnosis: Diagnosis;
}

/** All diagnoses by cause, the causes in the order in which tests first show them. */
export function causesOf(tests: readonly Tested[]): { cause: Cause; title: string; seen: Diagnosed[] }[] {
  const all = ranOf(tests).flatMap((ran) => ran.result.diagnosis.map((diagnosis) => ({ ...ran, diagnosis })));
  return [...Map.groupBy(all, ({ diagnosis }) => diagnosis.cause)].map(([cause, seen]) => ({
    cause,
    title: seen[0]?.diagnosis.title ?? cause,
    seen,
  }));
}

/** Why what fails does, over all tests: cause, evidence with its time, and what to do. */
export function causesSection(tests: readonly Tested[]): Section {
  const causes = causesOf(tests);
  const ran = ranOf(tests);
  return {
    id: 'root-causes',
    title: 'Root causes',
    blocks: causes.length === 0 ? [absent(noCause(ran))] : [causesTable(causes)],
    sections: causes.map(causeSection),
  };
}

const noCause = (ran: readonly Ran[]): string =>
  ran.every(({ result }) => result.criteria.every(({ status }) => status === 'pass'))
    ? 'No criterion fails, and no rule found anything amiss in any test.'
    : 'No rule found a cause in what was measured.';

const causesTable = (causes: ReturnType<typeof causesOf>) =>
  table(
    'Causes by test',
    ['Cause', 'Test', 'Confidence', 'Accounts for', 'A change of configuration mends it'],
    causes.flatMap(({ title, seen }) =>
      seen.map(({ test, diagnosis, result }) => [
        title,
        test,
        confidenceText(diagnosis.confidence),
        explained(diagnosis, result) || NOTHING,
        diagnosis.fixable ? 'yes' : 'no',
      ]),
    ),
  );

const explained = ({ explains }: Diagnosis, { criteria }: Ran['result']): string =>
  criteria
    .filter(({ id }) => explains.includes(id))
    .map(({ title }) => title)
    .join(', ');

const causeSection = ({ cause, title, seen }: ReturnType<typeof causesOf>[number]): Section => ({
  id: `root-cause-${cause}`,
  title,
  blocks: [
    table(
      'Evidence in order of time',
      ['Test', 'When', 'What was seen'],
      seen.flatMap(({ test, diagnosis }) =>
        [...diagnosis.evidence]
          .sort((a, b) => a.fromMs - b.fromMs)
          .map(({ fromMs, toMs, text }) => [test, formatRange(fromMs, toMs), text]),
      ),
    ),
    table(
      'Recommended',
      ['Test', 'What to do'],
      seen.map(({ test, diagnosis }) => [test, diagnosis.recommendation]),
    ),
    seen.some(({ diagnosis }) => diagnosis.ruledOut.length > 0)
      ? table(
          'Ruled out',
          ['Test', 'What speaks against it'],
          seen.flatMap(({ test, diagnosis }) => diagnosis.ruledOut.map((other) => [test, other])),
        )
      : absent('No other cause of the same symptoms is known to the rules.'),
  ],
});
