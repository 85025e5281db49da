import { appendFileSync, closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestPlan } from '../../lib/core/plan.ts';
import type { Result, Run } from '../../lib/core/result.ts';
import { SUMMARY_VERSION, type Summary } from '../../lib/core/summary.ts';
import type { Window } from '../../lib/core/windows.ts';
import { codeOf, Problem } from '../problem.ts';
import type { RunSample } from '../run/sampling.ts';
import { assertValidResult } from './schema.ts';

/** What is known of a run before it starts; with windows and samples, enough for a partial result. */
export interface RunStart {
  plan: TestPlan;
  run: Omit<Run, 'endedAt' | 'durationMs' | 'outcome' | 'outcomeReason' | 'partial' | 'notes'>;
}

const FILES = {
  start: 'run.json',
  windows: 'windows.ndjson',
  samples: 'samples.ndjson',
  summary: 'summary.json',
  log: 'k6.log',
  result: 'result.json',
  dashboard: 'dashboard.html',
  dashboardRecording: 'dashboard.ndjson.gz',
} as const;

/** Why a folder or file cannot be written, as told to a person. */
const CAUSES: Record<string, string> = {
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
      appendFileSync(path.join(folder, FILES.start), `${JSON.stringify(start)}\n`);
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

  file(name: keyof typeof FILES): string {
    return path.join(this.path, FILES[name]);
  }

  appendWindow(window: Window): void {
    this.#windows.append(window);
  }

  appendSample(sample: RunSample): void {
    this.#samples.append(sample);
  }

  /** What could not be written on the way, if anything: the run itself goes on without it. */
  get losses(): string[] {
    return [this.#windows, this.#samples].flatMap(({ failure, file }) =>
      failure === null ? [] : [`${path.basename(file)} is incomplete: ${failure}`],
    );
  }

  /** k6's own summary, or null where k6 did not get to write one. */
  async readSummary(): Promise<Summary | null> {
    const text = await readFile(this.file('summary'), 'utf8').catch(() => null);
    if (text === null) return null;
    try {
      const summary = JSON.parse(text) as Summary;
      return summary.schemaVersion === SUMMARY_VERSION ? summary : null;
    } catch {
      return null;
    }
  }

  /**
   * Whole or not at all: a reader never sees half a result.
   * @throws Problem where it cannot be written
   */
  async writeResult(result: Result): Promise<void> {
    assertValidResult(result);
    const partial = `${this.file('result')}.partial`;
    try {
      await writeFile(partial, `${JSON.stringify(result, null, 1)}\n`);
      await rename(partial, this.file('result'));
    } catch (error) {
      await rm(partial, { force: true }).catch(() => {});
      throw notWritable(this.file('result'), error);
    }
  }

  close(): void {
    this.#windows.close();
    this.#samples.close();
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
