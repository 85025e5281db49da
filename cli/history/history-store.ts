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

interface Stored extends ParsedRecordLines {
  /** Null where all is as it should be. */
  note: string | null;
}

/** A file of the branch, and what it holds. */
type Files = Map<string, string>;

const FOLDER = 'records';
const NEVER = '0'.repeat(40);
const REMOTE = 'origin';

/** Commits are the suite's own, whoever has it run. */
const WHO = { NAME: 'load-suite', EMAIL: 'load-suite@localhost' };
const IDENTITY = Object.fromEntries(
  Object.entries(WHO).flatMap(([name, value]) => [
    [`GIT_AUTHOR_${name}`, value],
    [`GIT_COMMITTER_${name}`, value],
  ]),
);

/** After so many tries with nobody else at work, it is not a race that is lost. */
const MAX_ATTEMPTS = 5;
const MAX_WAIT_MS = 250;

/**
 * Records of runs on a branch of their own, `records/<year>-<month>.ndjson`. Commits are made of objects: no checkout
 * is touched, whatever is checked out. Where the repository has a remote, the branch is there, and who comes second
 * begins again from what the first one left: nothing is lost, and no run is there twice.
 */
export class HistoryStore {
  readonly #git: Git;
  readonly #branch: string;
  readonly #hasRemote: boolean;

  /** @throws Problem where the folder is in no repository, or the branch cannot be one */
  static async open(folder: string, branch: string, env: NodeJS.ProcessEnv): Promise<HistoryStore> {
    const git = new Git(folder, { ...env, ...gitHubCredentials(env), ...IDENTITY });
    if ((await git.run(['rev-parse', '--git-dir'])).code !== 0)
      throw new Problem(
        `${folder} is in no git repository, and a history is kept in one: name it with --repository, or git init.`,
      );
    if ((await git.run(['check-ref-format', '--branch', branch])).code !== 0)
      throw new Problem(`"${branch}" cannot be the name of a branch.`);
    const remotes = (await git.output(['remote'])).split('\n');
    return new HistoryStore(git, branch, remotes.includes(REMOTE));
  }

  private constructor(git: Git, branch: string, hasRemote: boolean) {
    this.#git = git;
    this.#branch = branch;
    this.#hasRemote = hasRemote;
  }

  /** Where records are, as a person is told. */
  get location(): string {
    return this.#hasRemote
      ? `branch ${this.#branch} of ${REMOTE}`
      : `branch ${this.#branch} of ${this.#git.folder}`;
  }

  /**
   * All records there are. Where the remote cannot be reached, those that were there the last time.
   * @throws Problem where the repository cannot be read
   */
  async read(): Promise<Stored> {
    const { tip, note } = await this.#tip().then(
      (tip) => ({ tip, note: null }),
      async (error) => {
        const tip = await this.#known(this.#tracking);
        if (!(error instanceof Problem) || tip === null) throw error;
        return { tip, note: `${error.message} This is the history as it was known here before.` };
      },
    );
    const files = tip === null ? new Map<string, string>() : await this.#filesAt(tip);
    return { ...parseRecordLines([...files.values()].join('')), note };
  }

  /**
   * Adds records of runs that are not there yet, as one commit.
   * @returns those that were added
   * @throws Problem where they could not be
   */
  async append(records: readonly HistoryRecord[]): Promise<HistoryRecord[]> {
    let before: string | null | undefined;
    let failures = 0;
    for (;;) {
      const tip = await this.#tip();
      const { added, files } = await this.#withThose(records, tip);
      if (added.length === 0) return added;
      const failure = await this.#advance(tip, await this.#commit(files, tip, messageFor(added)));
      if (failure === null) return added;
      failures = tip === before ? failures + 1 : 1;
      if (failures === MAX_ATTEMPTS)
        throw new Problem(
          `The ${this.location} cannot be written to: ${failure}\nNothing was added. Once that is mended, do it again: a run is never there twice.`,
        );
      before = tip;
      await sleep(Math.random() * MAX_WAIT_MS);
    }
  }

  get #ref(): string {
    return `refs/heads/${this.#branch}`;
  }

  /** Where the remote's branch is remembered. */
  get #tracking(): string {
    return `refs/remotes/${REMOTE}/${this.#branch}`;
  }

  /** The latest commit of the branch; null where there is none yet. A first one may have been made without a remote. */
  async #tip(): Promise<string | null> {
    return (this.#hasRemote ? await this.#remoteTip() : null) ?? (await this.#known(this.#ref));
  }

  async #known(ref: string): Promise<string | null> {
    const { code, stdout } = await this.#git.run(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
    return code === 0 ? stdout.trim() : null;
  }

  async #remoteTip(): Promise<string | null> {
    const { code, stdout, stderr } = await this.#git.run(['ls-remote', REMOTE, this.#ref]);
    if (code !== 0) throw new Problem(`${REMOTE} cannot be reached: ${stderr.trim()}`);
    const [tip] = stdout.split('\t');
    if (!tip) return null;
    if ((await this.#known(tip)) === null)
      // Without a word to FETCH_HEAD and to the refs, of which others may make use at the same time.
      await this.#git.output([
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-write-fetch-head',
        '--refmap=',
        REMOTE,
        this.#ref,
      ]);
    await this.#git.run(['update-ref', this.#tracking, tip]);
    return tip;
  }

  async #filesAt(tip: string): Promise<Files> {
    const listed = await this.#git.output([
      'ls-tree',
      '-r',
      '-z',
      '--full-tree',
      '--name-only',
      tip,
      '--',
      FOLDER,
    ]);
    const names = listed.split('\0').filter((name) => name.endsWith('.ndjson'));
    const texts = await Promise.all(names.map((name) => this.#textAt(tip, name)));
    return new Map(names.map((name, i) => [name, texts[i] as string]));
  }

  async #textAt(tip: string | null, file: string): Promise<string> {
    if (tip === null) return '';
    const { code, stdout } = await this.#git.run(['cat-file', 'blob', `${tip}:${file}`]);
    return code === 0 ? stdout : '';
  }

  /** Those that a commit does not have, and the files with them in it. */
  async #withThose(
    records: readonly HistoryRecord[],
    tip: string | null,
  ): Promise<{ added: HistoryRecord[]; files: Files }> {
    const added: HistoryRecord[] = [];
    const files: Files = new Map();
    for (const [file, ofFile] of Map.groupBy(records, recordsFile)) {
      const text = await this.#textAt(tip, file);
      const ids = runIdsIn(text);
      const missing = ofFile.filter(({ run }) => !ids.has(run.id));
      added.push(...missing);
      if (missing.length > 0) files.set(file, ended(text) + formatRecordLines(missing));
    }
    return { added, files };
  }

  /** A commit of these files on top of another, that no branch knows of yet. */
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

  /** Makes it the latest commit, if the latest one is still the same. @returns what went wrong, null where nothing did */
  async #advance(tip: string | null, commit: string): Promise<string | null> {
    const { code, stderr } = this.#hasRemote
      ? await this.#git.run(['push', '--quiet', '--no-verify', REMOTE, `${commit}:${this.#ref}`])
      : await this.#advanceHere(tip, commit);
    return code === 0 ? null : stderr.trim();
  }

  async #advanceHere(tip: string | null, commit: string) {
    const worktrees = await this.#git.output(['worktree', 'list', '--porcelain']);
    if (worktrees.split('\n').includes(`branch ${this.#ref}`))
      throw new Problem(
        `The ${this.location} is checked out, and would change below whoever works there: check out another branch.`,
      );
    return this.#git.run(['update-ref', this.#ref, commit, tip ?? NEVER]);
  }
}

const recordsFile = ({ run }: HistoryRecord): string => `${FOLDER}/${run.startedAt.slice(0, 7)}.ndjson`;

/** A last line without an end would swallow the next one. */
const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

function messageFor(records: readonly HistoryRecord[]): string {
  const names = records.map(({ run }) => `${run.product}/${run.test} ${run.id}`);
  return names.length === 1 ? `${names[0]}\n` : `${names.length} runs\n\n${names.join('\n')}\n`;
}
