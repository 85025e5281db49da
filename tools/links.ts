/**
 * Checks that every link in the Markdown files points to an existing file or heading. Does not check links to other
 * sites.
 *
 *     node tools/links.ts      prints each broken link, and exits with 1 if there is one
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import GithubSlugger from 'github-slugger';
import { marked, type Token, type Tokens } from 'marked';
import { ROOT } from '../cli/support/paths.ts';

interface Page {
  /** Targets of the links on the page, and sources of the images. */
  links: string[];
  /** Anchors of the headings on the page. */
  headings: Set<string>;
}

export function pageOf(markdown: string): Page {
  const page: Page = { links: [], headings: new Set() };
  const slugger = new GithubSlugger();
  marked.walkTokens(marked.lexer(markdown), (token) => {
    if (isA<Tokens.Link>(token, 'link') || isA<Tokens.Image>(token, 'image')) page.links.push(token.href);
    if (isA<Tokens.Heading>(token, 'heading')) page.headings.add(slugger.slug(plainText(token)));
  });
  return page;
}

const isA = <T extends Token>(token: Token, type: T['type']): token is T => token.type === type;

/**
 * Returns the plain text of a heading without Markdown syntax. GitHub generates the anchor of the heading from this
 * text.
 */
function plainText(token: Token): string {
  if ('tokens' in token && token.tokens) return token.tokens.map(plainText).join('');
  return 'text' in token ? token.text : '';
}

/**
 * Returns one sentence for each broken link.
 * @param pages Markdown files by path, relative to the root of the repository
 * @param exists returns whether a path relative to the root is an existing file or folder
 */
export function brokenLinks(pages: ReadonlyMap<string, Page>, exists: (file: string) => boolean): string[] {
  return [...pages].flatMap(([file, { links }]) =>
    links.flatMap((link) => {
      if (/^[a-z]+:/i.test(link)) return [];
      const [target = '', fragment] = link.split('#');
      const goal = target === '' ? file : path.posix.join(path.posix.dirname(file), decodeURI(target));
      if (!exists(goal)) return [`${file} links to ${link}, but ${goal} does not exist.`];
      const page = pages.get(goal);
      return fragment === undefined || !page || page.headings.has(fragment)
        ? []
        : [`${file} links to ${link}, but ${goal} has no heading #${fragment}.`];
    }),
  );
}

if (process.argv[1] === import.meta.filename) {
  const files = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard', '*.md'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const pages = new Map(
    files
      .split('\0')
      .filter((file) => file !== '' && existsSync(path.join(ROOT, file)))
      .map((file) => [file, pageOf(readFileSync(path.join(ROOT, file), 'utf8'))]),
  );
  const broken = brokenLinks(pages, (file) => existsSync(path.join(ROOT, file)));
  for (const sentence of broken) process.stderr.write(`${sentence}\n`);
  if (broken.length > 0) process.exitCode = 1;
}
