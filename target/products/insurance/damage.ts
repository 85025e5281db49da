import type { FaultSwitch } from '../../faults/switchboard.ts';
import { uniform } from '../../random.ts';
import { ascending, type Extent, type LockOrder } from './repository.ts';

const SEED = 71;

const TORN: readonly Extent[] = ['nothing', 'half'];

/** What the faults of this product do to its transactions. */
export class Damage {
  #tornShare = 0;
  #torn = 0;
  #unorderedShare = 0;
  readonly #next = uniform(SEED);

  readonly faults: Readonly<Record<string, FaultSwitch>> = {
    'torn-transaction': {
      apply: (share) => {
        this.#tornShare = share;
      },
      lift: () => {
        this.#tornShare = 0;
      },
    },
    'unordered-locks': {
      apply: (share) => {
        this.#unorderedShare = share;
      },
      lift: () => {
        this.#unorderedShare = 0;
      },
    },
  };

  /** How much of the next record is written. */
  extent(): Extent {
    if (this.#next() >= this.#tornShare) return 'whole';
    return TORN[this.#torn++ % TORN.length] ?? 'half';
  }

  readonly lockOrder: LockOrder = (ids) => (this.#next() < this.#unorderedShare ? [...ids] : ascending(ids));
}
