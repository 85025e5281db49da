import type { ActiveFaults } from './fault.ts';

/** How one fault is brought about and ended. `apply` may be called again with another value. */
export type FaultSwitch = {
  apply(value: number): void | Promise<void>;
  lift(): void | Promise<void>;
};

/** A fault that is no more than a number: who acts on it looks it up. */
export class ValueSwitch implements FaultSwitch {
  value: number;
  readonly #usual: number;

  constructor(usual = 0) {
    this.#usual = usual;
    this.value = usual;
  }

  apply(value: number): void {
    this.value = value;
  }

  lift(): void {
    this.value = this.#usual;
  }
}

/** Turns the faults that one process can bring about on and off, following the wanted state. */
export class Switchboard {
  readonly #switches: ReadonlyMap<string, FaultSwitch>;
  readonly #on = new Map<string, number>();

  constructor(switches: Readonly<Record<string, FaultSwitch>>) {
    this.#switches = new Map(Object.entries(switches));
  }

  /** Resolves when the process behaves as wanted; names of other processes' faults are passed over. */
  async update(wanted: ActiveFaults): Promise<void> {
    for (const [name, control] of this.#switches) {
      const value = wanted[name];
      if (value === this.#on.get(name)) continue;
      if (value === undefined) {
        this.#on.delete(name);
        await control.lift();
      } else {
        this.#on.set(name, value);
        await control.apply(value);
      }
    }
  }
}
