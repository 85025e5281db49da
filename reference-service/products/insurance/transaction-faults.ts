import { type FaultSwitch, ValueSwitch } from '../../faults/switchboard.ts';
import { uniform } from '../../random.ts';
import { ascending, type LockOrder, type WrittenPart } from './repository.ts';

const SEED = 71;

const TORN: readonly WrittenPart[] = ['nothing', 'half'];

/** What the faults of this product do to its transactions. */
export class TransactionFaults {
  readonly #tornShare = new ValueSwitch();
  readonly #unorderedShare = new ValueSwitch();
  #torn = 0;
  readonly #next = uniform(SEED);

  readonly switches: Readonly<Record<string, FaultSwitch>> = {
    'torn-transaction': this.#tornShare,
    'unordered-locks': this.#unorderedShare,
  };

  /** How much of the next record is written. */
  writtenPart(): WrittenPart {
    if (this.#next() >= this.#tornShare.value) return 'whole';
    return TORN[this.#torn++ % TORN.length] ?? 'half';
  }

  readonly lockOrder: LockOrder = (ids) =>
    this.#next() < this.#unorderedShare.value ? [...ids] : ascending(ids);
}
