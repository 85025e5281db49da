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

/**
 * The data about a run that is known before the run starts. If the runner dies, this data, the windows and the samples
 * are enough for a partial result.
 */
export interface RunStart {
  plan: TestPlan;
  run: Omit<Run, 'endedAt' | 'durationMs' | 'outcome' | 'outcomeReason' | 'partial' | 'notes'>;
  /** True if the runner starts the target for this run and stops it afterwards. */
  ownTarget?: boolean;
  /**
   * The names of the generators, in the order of their shares of the load. Absent if the run has a single generator.
   */
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

/**
 * Returns the path of a file in a run folder.
 * @param generator the name of a generator if there are several, as in `summary.generator-2.json`
 */
export function runFilePath(folder: string, name: FileName, generator?: string): string {
  const { dir, name: stem, ext } = path.parse(path.join(folder, RUN_FILES[name]));
  return path.join(dir, `${stem}${generator === undefined ? '' : `.${generator}`}${ext}`);
}

/** Messages for error codes of the file system. */
const ERROR_MESSAGES: Record<string, string> = {
  ENOENT: 'it does not exist',
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
 * The folder of one run, `<product>/<test>/<UTC>-<random>/`. Windows and samples are appended as soon as they arrive,
 * so that they survive a crash of the runner.
 */
export class RunFolder {
  readonly path: string;
  readonly #windows: Appender;
  readonly #samples: Appender;

  /**
   * Creates the folder of a run.
   * @throws Problem if the folder cannot be created or written to
   */
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

  /** Returns messages about files that are incomplete because a write failed. The run continues without these files. */
  get writeFailures(): string[] {
    return [this.#windows, this.#samples].flatMap(({ failure, file }) =>
      failure === null ? [] : [`${path.basename(file)} is incomplete: ${failure}`],
    );
  }

  /**
   * Writes the details of the target's database and cache.
   * @throws Problem if the file cannot be written
   */
  writeDetails(details: Result['details']): Promise<void> {
    return writeFileAtomically(this.file('details'), `${JSON.stringify(details)}\n`);
  }

  close(): void {
    this.#windows.close();
    this.#samples.close();
  }
}

/**
 * Reads `run.json`, which the runner writes before the run starts.
 * @throws Problem if the folder is not a run folder, or if the version of the plan is not supported
 */
export async function readRunStart(folder: string): Promise<RunStart> {
  const file = runFilePath(folder, 'start');
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Problem(`${folder} is not a run folder: ${RUN_FILES.start} is missing.`);
  });
  const start = parsedOrNull(text) as RunStart | null;
  if (!start?.plan || !start.run)
    throw new Problem(`${file} is incomplete, because the run ended before it started. There is nothing to read.`);
  // Version 1 of a plan has no variables and is otherwise the same as version 2.
  if ((start.plan.version as number) === 1) start.plan = { ...start.plan, version: PLAN_VERSION, variables: [] };
  if (start.plan.version !== PLAN_VERSION)
    throw new Problem(
      `${file} has a plan of version ${start.plan.version}, but this version of load-suite reads version ${PLAN_VERSION}. Use the load-suite version that wrote the file.`,
    );
  return start;
}

/** Reads the summary of k6. Returns null if k6 did not write a complete summary. */
export async function readSummary(folder: string, generator?: string): Promise<Summary | null> {
  const text = await readFile(runFilePath(folder, 'summary', generator), 'utf8').catch(() => '');
  const summary = parsedOrNull(text) as Summary | null;
  return summary?.schemaVersion === SUMMARY_VERSION ? summary : null;
}

/** Reads the details of the target's database and cache. The details of a system that was not queried are null. */
export async function readDetails(folder: string): Promise<Result['details']> {
  const text = await readFile(runFilePath(folder, 'details'), 'utf8').catch(() => '');
  return { postgresql: null, redis: null, ...(parsedOrNull(text) as Partial<Result['details']> | null) };
}

/**
 * Calls `onWindow` for every window of a run. The last line can be incomplete if the runner was killed.
 * @returns the number of lines that could not be read
 */
export function readWindows(folder: string, onWindow: (window: Window) => void): Promise<number> {
  return readLines(runFilePath(folder, 'windows'), (value) => 'series' in value, onWindow);
}

/** Calls `onSample` for every sample of a run, like {@link readWindows} for windows. */
export function readSamples(folder: string, onSample: (sample: RunSample) => void): Promise<number> {
  return readLines(runFilePath(folder, 'samples'), (value) => 'probe' in value, onSample);
}

/** Reads a file line by line, because the file of a long run does not fit into memory. */
async function readLines<T>(
  file: string,
  isComplete: (value: object) => boolean,
  onValue: (value: T) => void,
): Promise<number> {
  let unreadable = 0;
  if (!existsSync(file)) return unreadable;
  await using handle = await open(file);
  for await (const line of handle.readLines()) {
    const value = parsedOrNull(line);
    if (typeof value === 'object' && value !== null && isComplete(value)) onValue(value as T);
    else unreadable += 1;
  }
  return unreadable;
}

export const resultExists = (folder: string): boolean => existsSync(runFilePath(folder, 'result'));

/** Returns whether a folder contains `run.json` or a result. */
export const isRunFolder = (folder: string): boolean =>
  existsSync(runFilePath(folder, 'start')) || resultExists(folder);

/**
 * Reads a result of any supported version.
 * @param file path of the result; the file can have any name
 * @throws Problem if the file does not exist or is not a valid result
 */
export async function readResult(file: string): Promise<Result> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw new Problem(`Cannot read ${file}: ${messageFor(error)}.`);
  });
  return parseResult(text, file);
}

/**
 * Writes a result atomically.
 * @throws Problem if the result cannot be written
 */
export async function writeResult(folder: string, result: Result): Promise<void> {
  assertValidResult(result);
  await writeFileAtomically(runFilePath(folder, 'result'), `${JSON.stringify(result, null, 1)}\n`);
}

/**
 * Writes a temporary file and renames it, so that other processes read either the complete new file or the old file.
 * Creates the folder if it is missing.
 * @throws Problem if the file cannot be written
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

/**
 * Appends JSON lines to a file. After a failed write, for example on a full disk, nothing more is written, but the run
 * continues.
 */
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
      this.failure = messageFor(error);
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function messageFor(error: unknown): string {
  return ERROR_MESSAGES[codeOf(error) ?? ''] ?? (error as Error).message;
}

function notWritable(file: string, error: unknown): Problem {
  return new Problem(
    `Cannot write ${file}: ${messageFor(error)}. Free space or make it writable, or choose another folder with --results.`,
  );
}
