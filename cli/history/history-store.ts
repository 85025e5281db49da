import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HistoryRecord } from '../../lib/core/across-runs/index.ts';
import { gitHubCredentials } from '../github/credentials.ts';
import { Problem } from '../support/problem.ts';
import { Git } from './git.ts';
import { formatRecordLines, type ParsedRecordLines, parseRecordLines, runIdsIn } from './record-lines.ts';

export const DEFAULT_BRANCH = 'load-history';

interface StoredHistory extends ParsedRecordLines {
  /** A message for the user if the records may be outdated; null otherwise. */
  note: string | null;
}

/** The content of files on the history branch, by path. */
type Files = Map<string, string>;

const FOLDER = 'records';
/** The object ID by which git means that a ref must not exist yet. */
const ZERO_OBJECT_ID = '0'.repeat(40);
const REMOTE = 'origin';

/** The author of all commits on the history branch, whichever user runs the command. */
const AUTHOR = { NAME: 'load-suite', EMAIL: 'load-suite@localhost' };
const IDENTITY = Object.fromEntries(
  Object.entries(AUTHOR).flatMap(([name, value]) => [
    [`GIT_AUTHOR_${name}`, value],
    [`GIT_COMMITTER_${name}`, value],
  ]),
);

/**
 * The number of consecutive failures after which to give up. Counting restarts when another process has added a commit.
 */
const MAX_ATTEMPTS = 5;
const MAX_WAIT_MS = 250;

/**
 * Stores records of runs on a separate branch, in `records/<year>-<month>.ndjson`. Creates commits directly from git
 * objects, without changing a working tree. If the repository has a remote, pushes the branch to the remote. If another
 * process has pushed first, recreates the commit on top of the new tip, so that no record is lost and no run is stored
 * twice.
 */
export class HistoryStore {
  readonly #git: Git;
  readonly #branch: string;
  readonly #hasRemote: boolean;

  /**
   * Opens the history in the repository of a folder. @throws Problem if the folder is not in a git repository, or the
   * branch name is not valid
   */
  static async open(folder: string, branch: string, env: NodeJS.ProcessEnv): Promise<HistoryStore> {
    const git = new Git(folder, { ...env, ...gitHubCredentials(env), ...IDENTITY });
    if ((await git.run(['rev-parse', '--git-dir'])).code !== 0)
      throw new Problem(
        `${folder} is not in a git repository, but the history needs one. Give a repository with --repository, or run git init.`,
      );
    if ((await git.run(['check-ref-format', '--branch', branch])).code !== 0)
      throw new Problem(`"${branch}" is not a valid branch name.`);
    const remotes = (await git.output(['remote'])).split('\n');
    return new HistoryStore(git, branch, remotes.includes(REMOTE));
  }

  private constructor(git: Git, branch: string, hasRemote: boolean) {
    this.#git = git;
    this.#branch = branch;
    this.#hasRemote = hasRemote;
  }

  /** Returns the location of the records for messages. */
  get location(): string {
    return this.#hasRemote ? `branch ${this.#branch} of ${REMOTE}` : `branch ${this.#branch} of ${this.#git.folder}`;
  }

  /**
   * Reads all records. If the remote cannot be reached, returns the records of the last successful access.
   * @throws Problem if the repository cannot be read
   */
  async read(): Promise<StoredHistory> {
    const { tip, note } = await this.#tip().then(
      (tip) => ({ tip, note: null }),
      async (error) => {
        const tip = await this.#commitAt(this.#trackingRef);
        if (!(error instanceof Problem) || tip === null) throw error;
        return { tip, note: `${error.message} The history shown is from the last successful access.` };
      },
    );
    const files = tip === null ? new Map<string, string>() : await this.#filesAt(tip);
    return { ...parseRecordLines([...files.values()].join('')), note };
  }

  /**
   * Adds the records of runs that are not stored yet, in one commit.
   * @returns the records that were added
   * @throws Problem if the records cannot be added
   */
  async append(records: readonly HistoryRecord[]): Promise<HistoryRecord[]> {
    let previousTip: string | null | undefined;
    let failures = 0;
    for (;;) {
      const tip = await this.#tip();
      const { added, files } = await this.#addMissing(records, tip);
      if (added.length === 0) return added;
      const failure = await this.#advance(tip, await this.#commit(files, tip, messageFor(added)));
      if (failure === null) return added;
      failures = tip === previousTip ? failures + 1 : 1;
      if (failures === MAX_ATTEMPTS)
        throw new Problem(
          `Cannot write to ${this.location}: ${failure}\nNothing was added. Fix the cause and run the command again. No run is added twice.`,
        );
      previousTip = tip;
      await sleep(Math.random() * MAX_WAIT_MS);
    }
  }

  get #ref(): string {
    return `refs/heads/${this.#branch}`;
  }

  /** The local ref that tracks the history branch of the remote. */
  get #trackingRef(): string {
    return `refs/remotes/${REMOTE}/${this.#branch}`;
  }

  /**
   * Returns the latest commit of the history branch; null if there is no commit. If the remote has no history branch
   * yet, returns the commit of the local branch.
   */
  async #tip(): Promise<string | null> {
    return (this.#hasRemote ? await this.#remoteTip() : null) ?? (await this.#commitAt(this.#ref));
  }

  async #commitAt(ref: string): Promise<string | null> {
    const { code, stdout } = await this.#git.run(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
    return code === 0 ? stdout.trim() : null;
  }

  async #remoteTip(): Promise<string | null> {
    const { code, stdout, stderr } = await this.#git.run(['ls-remote', REMOTE, this.#ref]);
    if (code !== 0) throw new Problem(`${REMOTE} cannot be reached: ${stderr.trim()}`);
    const [tip] = stdout.split('\t');
    if (!tip) return null;
    if ((await this.#commitAt(tip)) === null)
      // Fetch without writing FETCH_HEAD or other refs, because other processes may be using them.
      await this.#git.output([
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-write-fetch-head',
        '--refmap=',
        REMOTE,
        this.#ref,
      ]);
    await this.#git.run(['update-ref', this.#trackingRef, tip]);
    return tip;
  }

  async #filesAt(tip: string): Promise<Files> {
    const output = await this.#git.output(['ls-tree', '-r', '-z', '--full-tree', '--name-only', tip, '--', FOLDER]);
    const names = output.split('\0').filter((name) => name.endsWith('.ndjson'));
    const texts = await Promise.all(names.map((name) => this.#textAt(tip, name)));
    return new Map(names.map((name, i) => [name, texts[i] as string]));
  }

  async #textAt(tip: string | null, file: string): Promise<string> {
    if (tip === null) return '';
    const { code, stdout } = await this.#git.run(['cat-file', 'blob', `${tip}:${file}`]);
    return code === 0 ? stdout : '';
  }

  /**
   * Returns the records that the commit does not contain yet, and the new content of each file that receives records.
   */
  async #addMissing(
    records: readonly HistoryRecord[],
    tip: string | null,
  ): Promise<{ added: HistoryRecord[]; files: Files }> {
    const added: HistoryRecord[] = [];
    const files: Files = new Map();
    for (const [file, fileRecords] of Map.groupBy(records, recordsFile)) {
      const text = await this.#textAt(tip, file);
      const ids = runIdsIn(text);
      const missing = fileRecords.filter(({ run }) => !ids.has(run.id));
      added.push(...missing);
      if (missing.length > 0) files.set(file, withFinalNewline(text) + formatRecordLines(missing));
    }
    return { added, files };
  }

  /** Creates a commit with these files, with `tip` as its parent. Does not change any branch. */
  async #commit(files: Files, tip: string | null, message: string): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), 'load-history-'));
    try {
      const env = { GIT_INDEX_FILE: path.join(folder, 'index') };
      if (tip !== null) await this.#git.output(['read-tree', tip], { env });
      for (const [file, input] of files) {
        const blob = await this.#git.output(['hash-object', '-w', '--stdin'], { input });
        await this.#git.output(['update-index', '--add', '--cacheinfo', `100644,${blob},${file}`], { env });
      }
      const tree = await this.#git.output(['write-tree'], { env });
      const parent = tip === null ? [] : ['-p', tip];
      return await this.#git.output(['commit-tree', tree, ...parent], { input: message });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /**
   * Moves the history branch to the commit if the tip of the branch has not changed. @returns the error message, or
   * null on success
   */
  async #advance(tip: string | null, commit: string): Promise<string | null> {
    const { code, stderr } = this.#hasRemote
      ? await this.#git.run(['push', '--quiet', '--no-verify', REMOTE, `${commit}:${this.#ref}`])
      : await this.#advanceLocally(tip, commit);
    return code === 0 ? null : stderr.trim();
  }

  async #advanceLocally(tip: string | null, commit: string) {
    const worktrees = await this.#git.output(['worktree', 'list', '--porcelain']);
    if (worktrees.split('\n').includes(`branch ${this.#ref}`))
      throw new Problem(
        `The ${this.location} is checked out, so adding runs would change a working tree. Check out another branch.`,
      );
    return this.#git.run(['update-ref', this.#ref, commit, tip ?? ZERO_OBJECT_ID]);
  }
}

const recordsFile = ({ run }: HistoryRecord): string => `${FOLDER}/${run.startedAt.slice(0, 7)}.ndjson`;

/** Ensures that a text ends with a newline, because otherwise the next record would continue the last line. */
const withFinalNewline = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

function messageFor(records: readonly HistoryRecord[]): string {
  const names = records.map(({ run }) => `${run.product}/${run.test} ${run.id}`);
  return names.length === 1 ? `${names[0]}\n` : `${names.length} runs\n\n${names.join('\n')}\n`;
}
