import { alertDocument, type ProductHistory } from '../report/history/history-documents.ts';
import { toMarkdown } from '../report/markdown.ts';
import type { GitHubIssues } from './issues.ts';

/** The action taken on the issue of an alert, and the URL of the issue. */
export interface AlertIssueUpdate {
  outcome: 'opened' | 'updated' | 'closed' | 'not needed';
  url: string | null;
}

/** Below GitHub's limit for the body of an issue, which is 65,536 characters. */
const MAX_BODY_BYTES = 65_000;

/**
 * The subject of an issue. It identifies the issue, so it must not change from day to day.
 * @param test only if the alert covers a single test
 */
export const subjectOf = (product: string, test?: string): string =>
  test === undefined ? product : `${product}/${test}`;

export const titleOf = (subject: string): string => `Load test history: ${subject} needs attention`;

/** An HTML comment that identifies the issue. Rendered Markdown hides it. */
const markOf = (subject: string): string => `<!-- load-history-alert ${subject} -->`;

export function bodyOf(subject: string, history: ProductHistory, untilMs: number): string {
  const mark = `${markOf(subject)}\n`;
  return mark + toMarkdown(alertDocument(history, untilMs), { maxBytes: MAX_BODY_BYTES - mark.length });
}

/** Opens or updates the issue if the history has alarms, and closes it if not. */
export async function updateAlertIssue(
  issues: GitHubIssues,
  subject: string,
  history: ProductHistory,
  untilMs: number,
): Promise<AlertIssueUpdate> {
  const open = await issues.find(markOf(subject));
  if (history.alarms.length === 0) {
    if (!open) return { outcome: 'not needed', url: null };
    await issues.close(open, 'Nothing needs attention after the latest run.');
    return { outcome: 'closed', url: open.url };
  }
  const [title, body] = [titleOf(subject), bodyOf(subject, history, untilMs)];
  if (!open) return { outcome: 'opened', url: (await issues.open(title, body)).url };
  await issues.update(open, title, body);
  return { outcome: 'updated', url: open.url };
}
