import { parsedOrNull } from '../support/json.ts';
import { Problem } from '../support/problem.ts';

/** An issue of the repository, as far as it matters here. */
export interface Issue {
  number: number;
  title: string;
  body: string;
  url: string;
}

interface Answer {
  number: number;
  title: string;
  body: string | null;
  html_url: string;
  author_association: string;
  user: { type: string } | null;
  pull_request?: object;
}

const NEEDED = ['GITHUB_TOKEN', 'GITHUB_REPOSITORY'] as const;
const PUBLIC_API = 'https://api.github.com';
const PATIENCE_MS = 30_000;
const PAGE = 100;
/** Whoever else opens an issue with the same mark must not have ours written into theirs. */
const TRUSTED = new Set(['OWNER', 'MEMBER', 'COLLABORATOR']);

/** The issues of one repository, by GitHub's REST API. */
export class GitHubIssues {
  readonly #base: string;
  readonly #token: string;

  /** @throws Problem that names the variables that are missing */
  static of(env: NodeJS.ProcessEnv): GitHubIssues {
    const missing = NEEDED.filter((name) => !env[name]);
    if (missing.length > 0)
      throw new Problem(
        `To write an issue it takes ${missing.join(' and ')}: a token that may write issues, and owner/name of the repository. A job of GitHub Actions has the second, and gets the first from \${{ github.token }} with permissions: issues: write.`,
      );
    const { GITHUB_TOKEN = '', GITHUB_REPOSITORY = '', GITHUB_API_URL } = env;
    if (!/^[\w.-]+\/[\w.-]+$/.test(GITHUB_REPOSITORY))
      throw new Problem(`GITHUB_REPOSITORY takes owner/name, and is "${GITHUB_REPOSITORY}".`);
    return new GitHubIssues(
      `${GITHUB_API_URL || PUBLIC_API}/repos/${GITHUB_REPOSITORY}/issues`,
      GITHUB_TOKEN,
    );
  }

  private constructor(base: string, token: string) {
    this.#base = base;
    this.#token = token;
  }

  /** The oldest open issue whose body begins with this mark, by somebody who may write here; null where there is none. */
  async find(mark: string): Promise<Issue | null> {
    for (let page = 1; ; page++) {
      const query = `?state=open&sort=created&direction=asc&per_page=${PAGE}&page=${page}`;
      const issues = (await this.#ask('GET', query)) as Answer[];
      const found = issues.find((issue) => issue.body?.startsWith(mark) && isOurs(issue));
      if (found) return issueOf(found);
      if (issues.length < PAGE) return null;
    }
  }

  async open(title: string, body: string): Promise<Issue> {
    return issueOf((await this.#ask('POST', '', { title, body })) as Answer);
  }

  async update({ number }: Issue, title: string, body: string): Promise<void> {
    await this.#ask('PATCH', `/${number}`, { title, body });
  }

  async close({ number }: Issue, comment: string): Promise<void> {
    await this.#ask('POST', `/${number}/comments`, { body: comment });
    await this.#ask('PATCH', `/${number}`, { state: 'closed', state_reason: 'completed' });
  }

  async #ask(method: string, path: string, content?: object): Promise<unknown> {
    const response = await fetch(this.#base + path, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${this.#token}`,
        'user-agent': 'load-suite',
        'x-github-api-version': '2022-11-28',
      },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(content ? { body: JSON.stringify(content) } : {}),
    }).catch((error) => {
      throw new Problem(`GitHub cannot be reached at ${this.#base}: ${reasonOf(error)}`);
    });
    if (!response.ok)
      throw new Problem(
        `GitHub answered ${response.status} to ${method} ${this.#base}${path.replace(/\?.*/, '')}: ${await messageOf(response)}`,
      );
    return response.json();
  }
}

/** Pull requests are listed too, and may quote anything. */
const isOurs = ({ user, author_association, pull_request }: Answer): boolean =>
  !pull_request && (user?.type === 'Bot' || TRUSTED.has(author_association));

const issueOf = ({ number, title, body, html_url }: Answer): Issue => ({
  number,
  title,
  body: body ?? '',
  url: html_url,
});

const reasonOf = (error: Error): string =>
  error.name === 'TimeoutError'
    ? `no answer within ${PATIENCE_MS / 1000} s`
    : ((error.cause as Error | undefined)?.message ?? error.message);

/** What the API says is wrong, if it says it as it does. */
async function messageOf(response: Response): Promise<string> {
  const said = parsedOrNull(await response.text().catch(() => '')) as { message?: unknown } | null;
  return String(said?.message ?? 'it did not say why');
}
