import { httpError } from '../../http/errors.ts';

/** Environment variables that the service cannot do without. */
export class Configuration<Name extends string = string> {
  readonly #values: Readonly<Record<Name, string>>;
  #unset = new Set<string>();

  constructor(values: Readonly<Record<Name, string>>) {
    this.#values = values;
  }

  /** From now on the last ones are as if they had not been set. */
  unset(count: number): void {
    this.#unset = new Set(count === 0 ? [] : this.required.slice(-count));
  }

  get required(): Name[] {
    return Object.keys(this.#values) as Name[];
  }

  get missing(): Name[] {
    return this.required.filter((name) => this.#unset.has(name) || this.#values[name] === '');
  }

  /** @throws 503 `configuration_missing` where it is not set */
  value(name: Name): string {
    if (this.missing.includes(name))
      throw httpError(503, 'configuration_missing', `the service lacks the environment variable ${name}`);
    return this.#values[name];
  }
}
