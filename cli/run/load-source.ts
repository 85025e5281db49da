import type { RunFolder } from '../results/store.ts';
import type { Gathering } from '../telemetry/gather.ts';
import type { Inlet } from '../telemetry/receiver.ts';
import type { Stores } from '../telemetry/stores.ts';
import type { FilesOf, Generators } from './generators.ts';

/** What puts load on, and how. */
export interface LoadSource {
  names: readonly string[];
  /** For the reader of the result. */
  notes?: readonly string[];
  /** Where its telemetry comes in, if not on loopback. */
  inlet?: Inlet;
  start(run: StartedRun): Promise<Generators>;
}

/** What a source of load needs to know of the run that it is for. */
export interface StartedRun {
  id: string;
  folder: RunFolder;
  filesOf: FilesOf;
  telemetry: Gathering;
  /** Where the runner takes telemetry. */
  endpoint: string;
  windowMs: number;
  stores: Stores;
  redact: (text: string) => string;
}
