/**
 * Checks every tracked text file for words and phrases that readers misunderstood.
 *
 *     node tools/wording.ts      prints each occurrence with a suggestion, and exits with 1 if there is one
 *
 * In Markdown, ignores `code`, code blocks and block quotes.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../cli/support/paths.ts';

/** Patterns to avoid, with a suggestion for each pattern. */
const WORDS: readonly (readonly [avoid: RegExp, write: string])[] = [
  [/\bmend(s|ed|ing)?\b/i, 'fix'],
  [/(?<!can't )\b(tells?|telling|told)\b/i, 'report, show or print'],
  [
    /\b[Ii]t takes (a|an|one|no|several|the)\b|\btakes (a|an) (whole )?(number|value|name|url|path|token|range|list)\b/,
    'accepts, expects or requires',
  ],
  [/\b(looks? at|looked at|looking at|the look)\b/i, 'check, sample or inspect'],
  [/\bstretch(es)?\b/i, 'interval or period'],
  [
    /\b(keep|keeps|kept|break|breaks|broke|broken)\b.{0,20}\bpromises?\b|\bpromises? (is|are|was|were) (kept|broken)\b/i,
    'criterion',
  ],
  [/\bof (it|these)\b/, 'the noun'],
  [/\b(somebody|nobody|whoever)\b/i, 'the user, the runner, another process, or no probe'],
  [/\banew\b/i, 'restart or recreate'],
  [/\b(broken|breaks|broke) off\b/i, 'interrupted or aborted'],
  [/\bas (it is|they are|they come|they came|it came)\b/i, 'unchanged, or as they arrive'],
  [/(?<!\bthere )\bis no (?!longer\b|more\b|one\b)[a-z]|\bnames no\b(?! longer)/i, 'is not a …'],
  [/\bmore than one at once\b|\b(runs?|samples|times) a side\b/, 'at the same time, or per side'],
  [/\bwith commas between\b/i, 'a comma-separated list'],
  [/\bwhat there is\b/i, 'available or existing'],
  [/\bto be had\b/i, 'available'],
  [/\blesser\b/i, 'degraded'],
  [/\bso many\b/i, 'n, or this many'],
  [/\bamiss\b/i, 'wrong'],
  [/['"|] *(longest|shortest) *['"|]/i, 'max or min'],
  [
    /\banswer(s|ed)? (with|by|a|an|the)? ?(status|request|[1-5]\d\d\b)|\b(server|service|target|endpoint)('s)? answer(s|ed)?\b/i,
    'response',
  ],
  [/\bMost VUs\b/, 'Peak VUs'],
  [/\bunits of work\b/i, 'requests or jobs'],
];

/**
 * Matches field names of result files that are words to avoid. The fields cannot be renamed, because users keep result
 * files.
 */
const FIELDS = /\bstretch\b(?=["'?]*\s*[:,;})\].])/g;

/** Matches the names of files to check. */
const READ = /\.(md|ts|mts|mjs|cjs|json|ya?ml|go|html|css)$/;
const EXEMPT = /^(package-lock\.json|LICENSE|tools\/wording(\.test)?\.ts)$|package-lock\.json$/;

export interface Finding {
  /** Line number; the first line is 1. */
  line: number;
  found: string;
  write: string;
}

/** Returns every occurrence of a word to avoid in the text of a file. */
export function findingsIn(file: string, text: string): Finding[] {
  const lines = (file.endsWith('.md') ? withoutQuotations(text) : text.replaceAll(FIELDS, '')).split('\n');
  return lines.flatMap((line, i) =>
    WORDS.flatMap(([avoid, write]) => {
      const found = avoid.exec(line)?.[0];
      return found === undefined ? [] : [{ line: i + 1, found, write }];
    }),
  );
}

/** Replaces code and block quotes in Markdown with spaces. Keeps the line breaks. */
function withoutQuotations(markdown: string): string {
  const blank = (quoted: string) => quoted.replace(/[^\n]/g, ' ');
  return markdown
    .replace(/^( *)(`{3,}).*\n[\s\S]*?^\1\2$/gm, blank)
    .replace(/`[^`\n]+`/g, blank)
    .replace(/^>.*$/gm, blank);
}

if (process.argv[1] === import.meta.filename) {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
    .split('\0')
    .filter((file) => READ.test(file) && !EXEMPT.test(file) && existsSync(path.join(ROOT, file)));
  for (const file of files)
    for (const { line, found, write } of findingsIn(file, readFileSync(path.join(ROOT, file), 'utf8'))) {
      process.stderr.write(`${file}:${line} says "${found.trim()}". Write: ${write}.\n`);
      process.exitCode = 1;
    }
}
