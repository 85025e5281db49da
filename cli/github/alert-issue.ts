import { alertDocument, type ProductHistory } from '../report/history/history-documents.ts';
import { toMarkdown } from '../report/markdown.ts';
import type { GitHubIssues } from './issues.ts';

/** What happened to the GitHub issue of an alert, and the URL of the issue. */
export interface AlertIssueUpdate {
  outcome: 'opened' | 'updated' | 'closed' | 'not needed';
  url: string | null;
}

/** The maximum size of an issue body. GitHub's limit is 65,536 characters. */
const MAX_BODY_BYTES = 65_000;

/**
 * Returns the subject of an alert. The subject identifies the issue of the alert, so it must stay the same over time.
 * @param test the test, if the alert covers a single test
 */
export const subjectOf = (product: string, test?: string): string =>
  test === undefined ? product : `${product}/${test}`;

export const titleOf = (subject: string): string => `Load test history: ${subject} needs attention`;

/** Returns an HTML comment that identifies the issue of an alert. The comment is invisible in rendered Markdown. */
const markOf = (subject: string): string => `<!-- load-history-alert ${subject} -->`;

export function bodyOf(subject: string, history: ProductHistory, untilMs: number): string {
  const mark = `${markOf(subject)}\n`;
  return mark + toMarkdown(alertDocument(history, untilMs), { maxBytes: MAX_BODY_BYTES - mark.length });
}

/**
 * Opens or updates the issue of an alert if the history has alarms. Closes the open issue if the history has no alarms.
 */
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
