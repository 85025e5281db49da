import { alertDocument, type ProductHistory } from '../report/history/history-documents.ts';
import { toMarkdown } from '../report/markdown.ts';
import type { GitHubIssues } from './issues.ts';

export interface Told {
  what: 'opened' | 'brought up to date' | 'closed' | 'not needed';
  url: string | null;
}

/** What GitHub takes of the body of an issue, in characters. */
const MOST_BYTES = 65_000;

/**
 * What an issue is about, and is known by: the same every day, so that there is one and not one a night.
 * @param test where only one is looked at
 */
export const subjectOf = (product: string, test?: string): string =>
  test === undefined ? product : `${product}/${test}`;

export const titleOf = (subject: string): string => `Load test history: ${subject} needs attention`;

/** Hidden, where Markdown is shown. */
const markOf = (subject: string): string => `<!-- load-history-alert ${subject} -->`;

export function bodyOf(subject: string, one: ProductHistory, untilMs: number): string {
  const mark = `${markOf(subject)}\n`;
  return mark + toMarkdown(alertDocument(one, untilMs), { maxBytes: MOST_BYTES - mark.length });
}

/** Opens the issue, brings it up to date, or closes it, as things are. */
export async function tell(
  issues: GitHubIssues,
  subject: string,
  one: ProductHistory,
  untilMs: number,
): Promise<Told> {
  const open = await issues.find(markOf(subject));
  if (one.alarms.length === 0) {
    if (!open) return { what: 'not needed', url: null };
    await issues.close(open, 'Nothing of it is true any more: closed by the latest run.');
    return { what: 'closed', url: open.url };
  }
  const [title, body] = [titleOf(subject), bodyOf(subject, one, untilMs)];
  if (!open) return { what: 'opened', url: (await issues.open(title, body)).url };
  await issues.update(open, title, body);
  return { what: 'brought up to date', url: open.url };
}
