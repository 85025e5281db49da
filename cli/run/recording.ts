import type { Window } from '../../lib/core/telemetry/index.ts';
import type { RunSample } from '../probes/sampling.ts';
import { RunFolder, type RunStart } from '../results/run-folder.ts';
import { RunMeasurements } from '../results/run-measurements.ts';

/**
 * Records the measurements of a run in memory, from which the verdict is formed, and in the folder of the run, from
 * which the result can be assembled if the runner is killed.
 */
export class Recording implements Disposable {
  readonly start: RunStart;
  readonly measurements: RunMeasurements;
  readonly folder: RunFolder;
  /** Notes to add to the result. */
  readonly notes: string[] = [];
  readonly redact: (text: string) => string;

  /** Creates the folder of the run. @throws Problem if the folder cannot be written */
  constructor(results: string, start: RunStart, redact: (text: string) => string) {
    this.start = start;
    this.measurements = new RunMeasurements(start.plan);
    this.folder = RunFolder.create(results, start);
    this.redact = redact;
  }

  readonly note = (text: string): void => {
    this.notes.push(this.redact(text));
  };

  readonly addWindow = (window: Window): void => {
    this.measurements.addWindow(window);
    this.folder.appendWindow(window);
  };

  readonly addSample = (sample: RunSample): void => {
    this.measurements.addSample(sample);
    this.folder.appendSample(sample);
  };

  /** The paths of the files that one generator writes. */
  readonly filesOf = (name: string): { log: string; summary: string } => {
    const generator = this.start.generators && name;
    return { log: this.folder.file('log', generator), summary: this.folder.file('summary', generator) };
  };

  [Symbol.dispose](): void {
    this.folder.close();
  }
}
