import { alarmsOf, type HistoryRecord, historiesOf, withFlowTarget } from '../../lib/core/across-runs/index.ts';
import { formatCount } from '../../lib/core/numbers/index.ts';
import type { ProductHistory } from '../report/history/history-documents.ts';
import { Problem } from '../support/problem.ts';
import type { HistoryStore } from './history-store.ts';

/** Selects runs of the history, and sets how to judge the selected runs. */
export interface HistoryQuery {
  product?: string | undefined;
  test?: string | undefined;
  sinceMs?: number | undefined;
  untilMs: number;
  everyMs?: number | undefined;
  /** The success rate that every flow must reach. Replaces the rates in the criteria of the tests. */
  target?: number | undefined;
}

/**
 * Reads the history of each product that matches the query.
 * @param note called with messages for the user, for example about ignored lines
 * @throws Problem if no run matches
 */
export async function productHistories(
  store: HistoryStore,
  query: HistoryQuery,
  note: (text: string) => void,
): Promise<ProductHistory[]> {
  const { records, newer, broken, note: storeNote } = await store.read();
  if (storeNote) note(storeNote);
  for (const [count, reason] of [
    [newer, 'written by a newer version of load-suite'],
    [broken, 'that are not valid records'],
  ] as const)
    if (count > 0) note(`Ignored lines of ${store.location} ${reason}: ${formatCount(count)}.`);
  const { target } = query;
  const selected = records
    .filter((record) => matches(record, query))
    .map((record) => (target === undefined ? record : withFlowTarget(record, target)));
  if (selected.length === 0) throw noRunsProblem(records, store.location);
  const histories = historiesOf(selected, query);
  const products = [...new Set(histories.map(({ product }) => product))];
  return products.map((product) => {
    const ofProduct = histories.filter((history) => history.product === product);
    return { product, histories: ofProduct, alarms: alarmsOf(ofProduct, query) };
  });
}

function matches({ run }: HistoryRecord, { product, test, sinceMs = 0, untilMs }: HistoryQuery): boolean {
  const startedMs = Date.parse(run.startedAt);
  return (
    (product === undefined || run.product === product) &&
    (test === undefined || run.test === test) &&
    sinceMs <= startedMs &&
    startedMs <= untilMs
  );
}

function noRunsProblem(records: readonly HistoryRecord[], location: string): Problem {
  if (records.length === 0)
    return new Problem(`There is no history on ${location} yet. Add a run with: npm run history -- append <run>`);
  const tests = [...new Set(records.map(({ run }) => `${run.product}/${run.test}`))].sort();
  return new Problem(`No run on ${location} matches. There are runs of ${tests.join(', ')}.`);
}
