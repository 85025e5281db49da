import { parsedOrNull } from '../support/json.ts';
import { Problem } from '../support/problem.ts';

/** The fields of a GitHub issue that alerts need. */
export interface Issue {
  number: number;
  title: string;
  body: string;
  url: string;
}

interface IssueResponse {
  number: number;
  title: string;
  body: string | null;
  html_url: string;
  author_association: string;
  user: { type: string } | null;
  pull_request?: object;
}

const REQUIRED_VARIABLES = ['GITHUB_TOKEN', 'GITHUB_REPOSITORY'] as const;
const PUBLIC_API = 'https://api.github.com';
const TIMEOUT_MS = 30_000;
const PAGE_SIZE = 100;
/**
 * Relations to the repository that make the author of an issue trusted. Issues of other authors are ignored, because
 * anyone can open an issue that contains the mark of an alert.
 */
const TRUSTED = new Set(['OWNER', 'MEMBER', 'COLLABORATOR']);

/** The issues of one repository, accessed through GitHub's REST API. */
export class GitHubIssues {
  readonly #base: string;
  readonly #token: string;

  /**
   * Creates access to the issues of the repository in the environment. @throws Problem that names missing or invalid
   * variables
   */
  static fromEnvironment(env: NodeJS.ProcessEnv): GitHubIssues {
    const missing = REQUIRED_VARIABLES.filter((name) => !env[name]);
    if (missing.length > 0)
      throw new Problem(
        `Set ${missing.join(' and ')} to update issues: a token with permission to write issues, and owner/name of the repository. In a job of GitHub Actions, GITHUB_REPOSITORY is set, and the token is \${{ github.token }} with permissions: issues: write.`,
      );
    const { GITHUB_TOKEN = '', GITHUB_REPOSITORY = '', GITHUB_API_URL } = env;
    if (!/^[\w.-]+\/[\w.-]+$/.test(GITHUB_REPOSITORY))
      throw new Problem(`GITHUB_REPOSITORY is "${GITHUB_REPOSITORY}", but it must be owner/name.`);
    return new GitHubIssues(`${GITHUB_API_URL || PUBLIC_API}/repos/${GITHUB_REPOSITORY}/issues`, GITHUB_TOKEN);
  }

  private constructor(base: string, token: string) {
    this.#base = base;
    this.#token = token;
  }

  /**
   * Returns the oldest open issue that a trusted author opened and whose body begins with the mark; null if there is
   * none.
   */
  async find(mark: string): Promise<Issue | null> {
    for (let page = 1; ; page++) {
      const query = `?state=open&sort=created&direction=asc&per_page=${PAGE_SIZE}&page=${page}`;
      const issues = (await this.#request('GET', query)) as IssueResponse[];
      const found = issues.find((issue) => issue.body?.startsWith(mark) && isTrusted(issue));
      if (found) return issueOf(found);
      if (issues.length < PAGE_SIZE) return null;
    }
  }

  async open(title: string, body: string): Promise<Issue> {
    return issueOf((await this.#request('POST', '', { title, body })) as IssueResponse);
  }

  async update({ number }: Issue, title: string, body: string): Promise<void> {
    await this.#request('PATCH', `/${number}`, { title, body });
  }

  async close({ number }: Issue, comment: string): Promise<void> {
    await this.#request('POST', `/${number}/comments`, { body: comment });
    await this.#request('PATCH', `/${number}`, { state: 'closed', state_reason: 'completed' });
  }

  async #request(method: string, path: string, content?: object): Promise<unknown> {
    const response = await fetch(this.#base + path, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${this.#token}`,
        'user-agent': 'load-suite',
        'x-github-api-version': '2022-11-28',
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(content ? { body: JSON.stringify(content) } : {}),
    }).catch((error) => {
      throw new Problem(`GitHub cannot be reached at ${this.#base}: ${reasonOf(error)}`);
    });
    if (!response.ok)
      throw new Problem(
        `GitHub returned HTTP ${response.status} to ${method} ${this.#base}${path.replace(/\?.*/, '')}: ${await messageOf(response)}`,
      );
    return response.json();
  }
}

/**
 * Returns whether an issue was opened by a trusted author. Excludes pull requests, which GitHub also lists as issues.
 */
const isTrusted = ({ user, author_association, pull_request }: IssueResponse): boolean =>
  !pull_request && (user?.type === 'Bot' || TRUSTED.has(author_association));

const issueOf = ({ number, title, body, html_url }: IssueResponse): Issue => ({
  number,
  title,
  body: body ?? '',
  url: html_url,
});

const reasonOf = (error: Error): string =>
  error.name === 'TimeoutError'
    ? `no response within ${TIMEOUT_MS / 1000} s`
    : ((error.cause as Error | undefined)?.message ?? error.message);

/** Returns the error message in a response of GitHub's API. */
async function messageOf(response: Response): Promise<string> {
  const content = parsedOrNull(await response.text().catch(() => '')) as { message?: unknown } | null;
  return String(content?.message ?? 'no reason given');
}
