import type { ActiveFaults } from './fault.ts';

/** Starts and ends one fault. `apply` may be called again with another value. */
export type FaultSwitch = {
  apply(value: number): void | Promise<void>;
  lift(): void | Promise<void>;
};

/** A fault that only stores its value. The code that simulates the fault reads `value`. */
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

/**
 * Applies and lifts the faults of one process, so that they match the faults that the supervisor wants to be active.
 */
export class Switchboard {
  readonly #switches: ReadonlyMap<string, FaultSwitch>;
  readonly #active = new Map<string, number>();

  constructor(switches: Readonly<Record<string, FaultSwitch>>) {
    this.#switches = new Map(Object.entries(switches));
  }

  /**
   * Applies and lifts faults, and resolves once exactly these faults are active. Ignores faults that take effect in
   * other processes.
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
