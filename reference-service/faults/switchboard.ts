import type { ActiveFaults } from './fault.ts';

/** Starts and ends one fault. `apply` may be called again to change the value of the active fault. */
export type FaultSwitch = {
  apply(value: number): void | Promise<void>;
  lift(): void | Promise<void>;
};

/** A switch that only stores the value of a fault. The code that simulates the fault reads `value`. */
export class ValueSwitch implements FaultSwitch {
  value: number;
  readonly #inactiveValue: number;

  constructor(inactiveValue = 0) {
    this.#inactiveValue = inactiveValue;
    this.value = inactiveValue;
  }

  apply(value: number): void {
    this.value = value;
  }

  lift(): void {
    this.value = this.#inactiveValue;
  }
}

/** Applies and lifts faults in one process. The supervisor determines which faults are active. */
export class Switchboard {
  readonly #switches: ReadonlyMap<string, FaultSwitch>;
  readonly #active = new Map<string, number>();

  constructor(switches: Readonly<Record<string, FaultSwitch>>) {
    this.#switches = new Map(Object.entries(switches));
  }

  /**
   * Applies and lifts faults until exactly the given faults are active. Ignores faults that other processes simulate.
   */
  async update(faults: ActiveFaults): Promise<void> {
    for (const [name, faultSwitch] of this.#switches) {
      const value = faults[name];
      if (value === this.#active.get(name)) continue;
      if (value === undefined) {
        this.#active.delete(name);
        await faultSwitch.lift();
      } else {
        this.#active.set(name, value);
        await faultSwitch.apply(value);
      }
    }
  }
}
