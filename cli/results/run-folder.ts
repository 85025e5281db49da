import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PLAN_VERSION, type TestPlan } from '../../lib/core/definition/index.ts';
import type { Result, Run } from '../../lib/core/evidence/index.ts';
import { SUMMARY_VERSION, type Summary, type Window } from '../../lib/core/telemetry/index.ts';
import type { RunSample } from '../probes/sampling.ts';
import { parsedOrNull } from '../support/json.ts';
import { codeOf, Problem } from '../support/problem.ts';
import { assertValidResult, parseResult } from './schema.ts';

/** What is known of a run before it starts; with windows and samples, enough for a partial result. */
export interface RunStart {
  plan: TestPlan;
  run: Omit<Run, 'endedAt' | 'durationMs' | 'outcome' | 'outcomeReason' | 'partial' | 'notes'>;
  /** The target was started for this run, and ends with it. */
  ownTarget?: boolean;
  /** Names of several generators, in the order of their parts of the test; absent where there is one. */
  generators?: string[];
}

export const RUN_FILES = {
  start: 'run.json',
  windows: 'windows.ndjson',
  samples: 'samples.ndjson',
  summary: 'summary.json',
  details: 'details.json',
  log: 'k6.log',
  result: 'result.json',
  dashboard: 'dashboard.html',
  dashboardRecording: 'dashboard.ndjson.gz',
} as const;
type FileName = keyof typeof RUN_FILES;

/** @param generator whose it is, where there are several: `summary.generator-2.json` */
export function runFilePath(folder: string, name: FileName, generator?: string): string {
  const { dir, name: stem, ext } = path.parse(path.join(folder, RUN_FILES[name]));
  return path.join(dir, `${stem}${generator === undefined ? '' : `.${generator}`}${ext}`);
}

/** Why a folder or file cannot be read or written, as told to a person. */
const CAUSES: Record<string, string> = {
  ENOENT: 'it is not there',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file has become too large',
  ENOTDIR: 'part of the path is not a folder',
  EEXIST: 'part of the path is not a folder',
};

/**
 * The folder of one run, `<product>/<test>/<UTC>-<random>/`. Windows and samples are appended as they come, so
 * that whatever dies later, what was measured stays.
 */
export class RunFolder {
  readonly path: string;
  readonly #windows: Appender;
  readonly #samples: Appender;

  /** @throws Problem where the folder cannot be written to */
  static create(base: string, start: RunStart): RunFolder {
    const folder = path.join(base, start.run.product, start.run.test, start.run.id);
    try {
      mkdirSync(folder, { recursive: true });
      appendFileSync(path.join(folder, RUN_FILES.start), `${JSON.stringify(start)}\n`);
      return new RunFolder(folder);
    } catch (error) {
      throw notWritable(folder, error);
    }
  }

  private constructor(folder: string) {
    this.path = folder;
    this.#windows = new Appender(this.file('windows'));
    this.#samples = new Appender(this.file('samples'));
  }

  file(name: FileName, generator?: string): string {
    return runFilePath(this.path, name, generator);
  }

  appendWindow(window: Window): void {
    this.#windows.append(window);
  }

  appendSample(sample: RunSample): void {
    this.#samples.append(sample);
  }

  /** What could not be written on the way, if anything: the run itself goes on without it. */
  get writeFailures(): string[] {
    return [this.#windows, this.#samples].flatMap(({ failure, file }) =>
      failure === null ? [] : [`${path.basename(file)} is incomplete: ${failure}`],
    );
  }

  /** @throws Problem where they cannot be written */
  writeDetails(details: Result['details']): Promise<void> {
    return writeFileAtomically(this.file('details'), `${JSON.stringify(details)}\n`);
  }

  close(): void {
    this.#windows.close();
    this.#samples.close();
  }
}

/**
 * What a run said of itself before it started.
 * @throws Problem where the folder is none of a run, or of one that this suite does not understand
 */
export async function readRunStart(folder: string): Promise<RunStart> {
  const file = runFilePath(folder, 'start');
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Problem(
      `${folder} is no folder of a run: it has no ${RUN_FILES.start}, with which every run begins.`,
    );
  });
  const start = parsedOrNull(text) as RunStart | null;
  if (!start?.plan || !start.run)
    throw new Problem(`${file} is cut short: its run ended before it began, and nothing of it can be told.`);
  // A plan of version 1 has no declarations of variables, and is otherwise the same.
  if ((start.plan.version as number) === 1)
    start.plan = { ...start.plan, version: PLAN_VERSION, variables: [] };
  if (start.plan.version !== PLAN_VERSION)
    throw new Problem(
      `${file} has a plan of version ${start.plan.version}; this suite knows version ${PLAN_VERSION}. Read it with the suite that wrote it.`,
    );
  return start;
}

/** k6's own summary, or null where k6 did not get to write one. */
export async function readSummary(folder: string, generator?: string): Promise<Summary | null> {
  const text = await readFile(runFilePath(folder, 'summary', generator), 'utf8').catch(() => '');
  const summary = parsedOrNull(text) as Summary | null;
  return summary?.schemaVersion === SUMMARY_VERSION ? summary : null;
}

/** What the target's database and cache said of themselves; without it, where nobody asked them. */
export async function readDetails(folder: string): Promise<Result['details']> {
  const text = await readFile(runFilePath(folder, 'details'), 'utf8').catch(() => '');
  return { postgresql: null, redis: null, ...(parsedOrNull(text) as Partial<Result['details']> | null) };
}

/**
 * Hands on every window that a run appended.
 * @returns how many lines cannot be read: where the run was killed, the last may be cut short
 */
export function readWindows(folder: string, take: (window: Window) => void): Promise<number> {
  return readLines(runFilePath(folder, 'windows'), (value) => 'series' in value, take);
}

/** The same for samples. */
export function readSamples(folder: string, take: (sample: RunSample) => void): Promise<number> {
  return readLines(runFilePath(folder, 'samples'), (value) => 'probe' in value, take);
}

/** Line by line: the file of a long run does not fit into memory. */
async function readLines<T>(
  file: string,
  isWhole: (value: object) => boolean,
  take: (value: T) => void,
): Promise<number> {
  let unreadable = 0;
  if (!existsSync(file)) return unreadable;
  await using opened = await open(file);
  for await (const line of opened.readLines()) {
    const value = parsedOrNull(line);
    if (typeof value === 'object' && value !== null && isWhole(value)) take(value as T);
    else unreadable += 1;
  }
  return unreadable;
}

export const resultExists = (folder: string): boolean => existsSync(runFilePath(folder, 'result'));

/** Whether a run was begun there, or its result put there. */
export const isRunFolder = (folder: string): boolean =>
  existsSync(runFilePath(folder, 'start')) || resultExists(folder);

/**
 * A result, of whatever version it was written in.
 * @param file a `result.json`, whatever its name
 * @throws Problem where it is not there or not valid
 */
export async function readResult(file: string): Promise<Result> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw new Problem(`Cannot read ${file}: ${causeOf(error)}.`);
  });
  return parseResult(text, file);
}

/**
 * Whole or not at all: a reader never sees half a result.
 * @throws Problem where it cannot be written
 */
export async function writeResult(folder: string, result: Result): Promise<void> {
  assertValidResult(result);
  await writeFileAtomically(runFilePath(folder, 'result'), `${JSON.stringify(result, null, 1)}\n`);
}

/**
 * Under another name, and then renamed: whoever reads it sees the whole of it or what was there before. Its folder
 * is made where it is missing.
 * @throws Problem where it cannot be written
 */
export async function writeFileAtomically(file: string, text: string): Promise<void> {
  const partial = `${file}.partial`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    await writeFile(partial, text);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {});
    throw notWritable(file, error);
  }
}

/** Appends lines of JSON. A full disk ends the file, not the run that is being measured. */
class Appender {
  readonly file: string;
  readonly #descriptor: number;
  failure: string | null = null;

  constructor(file: string) {
    this.file = file;
    this.#descriptor = openSync(file, 'a');
  }

  append(value: unknown): void {
    if (this.failure !== null) return;
    try {
      writeSync(this.#descriptor, `${JSON.stringify(value)}\n`);
    } catch (error) {
      this.failure = causeOf(error);
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function causeOf(error: unknown): string {
  return CAUSES[codeOf(error) ?? ''] ?? (error as Error).message;
}

function notWritable(place: string, error: unknown): Problem {
  return new Problem(
    `Cannot write ${place}: ${causeOf(error)}. Make room or make it writable, or name another folder with --results.`,
  );
}
