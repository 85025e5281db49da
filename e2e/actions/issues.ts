import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { serve } from '../../cli/testing/environment.ts';

/** An issue as GitHub's API has it. */
export interface Issue {
  number: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  html_url: string;
  author_association: string;
  user: { type: string };
}

/** The part of GitHub's API that is about issues, for one test: a token has to be good for writing them. */
export async function serveIssues(
  t: TestContext,
  repository: string,
): Promise<{ url: string; issues: Issue[] }> {
  const issues: Issue[] = [];
  const url = await serve(t, async (request, response) => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    const [place = ''] = (request.url ?? '').split('?');
    const [, number] = new RegExp(`^/repos/${repository}/issues(?:/(\\d+))?$`).exec(place) ?? [];
    const issue = issues.find((one) => String(one.number) === number);
    if (!mayWriteIssues(request)) return answer(403, { message: 'Resource not accessible by integration' });
    if (request.method === 'GET')
      return answer(
        200,
        issues.filter(({ state }) => state === 'open'),
      );
    const content = (await json(request)) as Partial<Issue>;
    if (issue) return answer(200, Object.assign(issue, content));
    issues.push(newIssue(issues.length + 1, content));
    return answer(201, issues.at(-1));
  });
  return { url, issues };
}

const mayWriteIssues = ({ headers }: IncomingMessage): boolean =>
  headers.authorization?.includes('"issues":"write"') ?? false;

const newIssue = (number: number, { title = '', body = '' }: Partial<Issue>): Issue => ({
  number,
  title,
  body,
  state: 'open',
  html_url: `https://github.com/acme/load-suite/issues/${number}`,
  author_association: 'NONE',
  user: { type: 'Bot' },
});
