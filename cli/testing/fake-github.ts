/** For tests: a fake GitHub server on loopback, with the part of GitHub's issues API that alerts use. */
import type { IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';
import { serve } from './environment.ts';

export const REPOSITORY = 'owner/repository';
export const TOKEN = 'a-token-of-a-job';

export interface StoredIssue {
  number: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  user: { type: string } | null;
  author_association: string;
  pull_request?: object;
  comments: string[];
}

export class FakeGitHub {
  readonly issues: StoredIssue[] = [];
  readonly wrong: string[] = [];
  failure: { status: number; text: string } | null = null;
  url = '';
  readonly #repository: string;
  readonly #isToken: (token: string) => boolean;

  private constructor(repository: string, isToken: (token: string) => boolean) {
    this.#repository = repository;
    this.#isToken = isToken;
  }

  /** Starts the fake server. @param isToken a function that returns whether a token may write issues */
  static async start(
    t: TestContext,
    repository = REPOSITORY,
    isToken: (token: string) => boolean = (token) => token === TOKEN,
  ): Promise<FakeGitHub> {
    const fake = new FakeGitHub(repository, isToken);
    fake.url = await serve(t, async (request, response) => {
      const { status, content } = await fake.#respond(request);
      response.writeHead(status, { 'content-type': 'application/json' }).end(content);
    });
    return fake;
  }

  get env(): NodeJS.ProcessEnv {
    return { GITHUB_TOKEN: TOKEN, GITHUB_REPOSITORY: this.#repository, GITHUB_API_URL: this.url };
  }

  add(parts: Partial<StoredIssue> = {}): StoredIssue {
    const issue: StoredIssue = {
      number: this.issues.length + 1,
      title: 'unrelated',
      body: 'unrelated text',
      state: 'open',
      user: { type: 'User' },
      author_association: 'NONE',
      comments: [],
      ...parts,
    };
    this.issues.push(issue);
    return issue;
  }

  async #respond(request: IncomingMessage): Promise<{ status: number; content: string }> {
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (!this.#isToken(token)) this.wrong.push('authorization');
    if (!request.headers['user-agent']) this.wrong.push('user-agent');
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    if (this.failure) return { status: this.failure.status, content: this.failure.text };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const given = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {};
    return {
      status: 200,
      content: JSON.stringify(this.#handle(request.method ?? '', pathname, searchParams, given)),
    };
  }

  #handle(
    method: string,
    pathname: string,
    query: URLSearchParams,
    given: Partial<StoredIssue> & { body?: string },
  ): unknown {
    const base = `/repos/${this.#repository}/issues`;
    const [, number, comments] = /^\/(\d+)(\/comments)?$/.exec(pathname.slice(base.length)) ?? [];
    const issue = this.issues.find((candidate) => String(candidate.number) === number);
    if (method === 'GET' && pathname === base) {
      const size = Number(query.get('per_page'));
      const open = this.issues.filter(({ state }) => state === query.get('state'));
      return open
        .slice((Number(query.get('page')) - 1) * size)
        .slice(0, size)
        .map(shown);
    }
    if (method === 'POST' && pathname === base) return shown(this.add({ ...given, user: { type: 'Bot' } }));
    if (method === 'POST' && issue && comments) return issue.comments.push(given.body ?? '');
    if (method === 'PATCH' && issue) return shown(Object.assign(issue, given));
    this.wrong.push(`${method} ${pathname}`);
    return null;
  }
}

const shown = (issue: StoredIssue) => ({
  ...issue,
  html_url: `https://github.example.com/issues/${issue.number}`,
});
