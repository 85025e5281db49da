import { httpError } from '../../http/errors.ts';

/** Holds the environment variables that the service requires, and can simulate missing variables. */
export class Configuration<Name extends string = string> {
  readonly #values: Readonly<Record<Name, string>>;
  #unset = new Set<string>();

  constructor(values: Readonly<Record<Name, string>>) {
    this.#values = values;
  }

  /** Makes the last `count` variables behave as if they were not set; 0 restores all variables. */
  unset(count: number): void {
    this.#unset = new Set(count === 0 ? [] : this.required.slice(-count));
  }

  get required(): Name[] {
    return Object.keys(this.#values) as Name[];
  }

  get missing(): Name[] {
    return this.required.filter((name) => this.#unset.has(name) || this.#values[name] === '');
  }

  /** Returns the value of an environment variable. @throws 503 `configuration_missing` if the variable is not set */
  value(name: Name): string {
    if (this.missing.includes(name))
      throw httpError(503, 'configuration_missing', `the environment variable ${name} of the service is not set`);
    return this.#values[name];
  }
}
