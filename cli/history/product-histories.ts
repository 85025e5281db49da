import {
  alarmsOf,
  type HistoryRecord,
  historiesOf,
  withFlowTarget,
} from '../../lib/core/across-runs/index.ts';
import { formatCount } from '../../lib/core/numbers/index.ts';
import type { ProductHistory } from '../report/history/history-documents.ts';
import { Problem } from '../support/problem.ts';
import type { HistoryStore } from './history-store.ts';

/** Which runs a person wants to know of, and how they are judged. */
export interface HistoryQuery {
  product?: string | undefined;
  test?: string | undefined;
  sinceMs?: number | undefined;
  untilMs: number;
  everyMs?: number | undefined;
  /** Success rate that every flow has to reach, instead of the one that its test promises. */
  target?: number | undefined;
}

/**
 * The history of each product.
 * @param note is told of what a person should know beside it
 * @throws Problem where there is none
 */
export async function productHistories(
  store: HistoryStore,
  question: HistoryQuery,
  note: (text: string) => void,
): Promise<ProductHistory[]> {
  const { records, newer, broken, note: ofStore } = await store.read();
  if (ofStore) note(ofStore);
  for (const [count, why] of [
    [newer, 'were written by a newer suite'],
    [broken, 'are no records'],
  ] as const)
    if (count > 0) note(`Lines of ${store.location} that ${why}, and are left out: ${formatCount(count)}.`);
  const { target } = question;
  const wanted = records
    .filter((record) => isWanted(record, question))
    .map((record) => (target === undefined ? record : withFlowTarget(record, target)));
  if (wanted.length === 0) throw nothing(records, store.location);
  const histories = historiesOf(wanted, question);
  const products = [...new Set(histories.map(({ product }) => product))];
  return products.map((product) => {
    const own = histories.filter((history) => history.product === product);
    return { product, histories: own, alarms: alarmsOf(own, question) };
  });
}

function isWanted({ run }: HistoryRecord, { product, test, sinceMs = 0, untilMs }: HistoryQuery): boolean {
  const ms = Date.parse(run.startedAt);
  return (
    (product === undefined || run.product === product) &&
    (test === undefined || run.test === test) &&
    sinceMs <= ms &&
    ms <= untilMs
  );
}

function nothing(records: readonly HistoryRecord[], place: string): Problem {
  if (records.length === 0)
    return new Problem(
      `There is no history yet on ${place}. A run is added by: npm run history -- append <run>`,
    );
  const tests = [...new Set(records.map(({ run }) => `${run.product}/${run.test}`))].sort();
  return new Problem(`No run on ${place} is what was asked for. There are runs of ${tests.join(', ')}.`);
}
