import { type FaultSwitch, ValueSwitch } from '../../faults/switchboard.ts';
import { uniform } from '../../random.ts';
import { ascending, type LockOrder, type WrittenPart } from './repository.ts';

const SEED = 71;

const TORN_PARTS: readonly WrittenPart[] = ['nothing', 'half'];

/** Simulates the faults `torn-transaction` and `unordered-locks`. */
export class TransactionFaults {
  readonly #tornShare = new ValueSwitch();
  readonly #unorderedShare = new ValueSwitch();
  #tornCount = 0;
  readonly #random = uniform(SEED);

  readonly switches: Readonly<Record<string, FaultSwitch>> = {
    'torn-transaction': this.#tornShare,
    'unordered-locks': this.#unorderedShare,
  };

  /** Returns which part of the next record the service must write. */
  writtenPart(): WrittenPart {
    if (this.#random() >= this.#tornShare.value) return 'whole';
    return TORN_PARTS[this.#tornCount++ % TORN_PARTS.length] ?? 'half';
  }

  /**
   * Sorts ids, which prevents deadlocks. Keeps the order of the ids if the fault `unordered-locks` affects the
   * transaction.
   */
  readonly lockOrder: LockOrder = (ids) => (this.#random() < this.#unorderedShare.value ? [...ids] : ascending(ids));
}
