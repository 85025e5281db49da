import type { Window } from '../../lib/core/telemetry/index.ts';
import type { RunSample } from '../probes/sampling.ts';
import { RunFolder, type RunStart } from '../results/run-folder.ts';
import { RunMeasurements } from '../results/run-measurements.ts';

/** What a run records as it goes on: in memory for its verdict, and in its folder for the case that it is killed. */
export class Recording implements Disposable {
  readonly start: RunStart;
  readonly record: RunMeasurements;
  readonly folder: RunFolder;
  /** For the reader of the result. */
  readonly notes: string[] = [];
  readonly redact: (text: string) => string;

  /** @throws Problem where the folder cannot be written to */
  constructor(results: string, start: RunStart, redact: (text: string) => string) {
    this.start = start;
    this.record = new RunMeasurements(start.plan);
    this.folder = RunFolder.create(results, start);
    this.redact = redact;
  }

  readonly note = (text: string): void => {
    this.notes.push(this.redact(text));
  };

  readonly addWindow = (window: Window): void => {
    this.record.addWindow(window);
    this.folder.appendWindow(window);
  };

  readonly addSample = (sample: RunSample): void => {
    this.record.addSample(sample);
    this.folder.appendSample(sample);
  };

  /** Where one of several generators, or the only one, leaves what it says. */
  readonly filesOf = (name: string): { log: string; summary: string } => {
    const own = this.start.generators && name;
    return { log: this.folder.file('log', own), summary: this.folder.file('summary', own) };
  };

  [Symbol.dispose](): void {
    this.folder.close();
  }
}
