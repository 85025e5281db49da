import type { Inlet } from '../telemetry/receiver.ts';
import type { Generators } from './generators.ts';
import type { Recording } from './recording.ts';
import type { Watch } from './watch.ts';

/** What puts load on, and how. */
export interface LoadSource {
  names: readonly string[];
  /** For the reader of the result. */
  notes?: readonly string[];
  /** Where its telemetry comes in, if not on loopback. */
  inlet?: Inlet;
  start(recording: Recording, watch: Watch): Promise<Generators>;
}
