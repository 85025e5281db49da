import { Dial, type FaultSwitch } from '../../faults/switchboard.ts';
import { uniform } from '../../random.ts';
import { ascending, type Extent, type LockOrder } from './repository.ts';

const SEED = 71;

const TORN: readonly Extent[] = ['nothing', 'half'];

/** What the faults of this product do to its transactions. */
export class Damage {
  readonly #tornShare = new Dial();
  readonly #unorderedShare = new Dial();
  #torn = 0;
  readonly #next = uniform(SEED);

  readonly faults: Readonly<Record<string, FaultSwitch>> = {
    'torn-transaction': this.#tornShare,
    'unordered-locks': this.#unorderedShare,
  };

  /** How much of the next record is written. */
  extent(): Extent {
    if (this.#next() >= this.#tornShare.value) return 'whole';
    return TORN[this.#torn++ % TORN.length] ?? 'half';
  }

  readonly lockOrder: LockOrder = (ids) =>
    this.#next() < this.#unorderedShare.value ? [...ids] : ascending(ids);
}
