/** An environment variable of the target: its name, default, description and parser. */
export type Setting<T> = {
  name: string;
  /** Describes valid values in error messages of the form "NAME is VALUE, but it must be EXPECTS". */
  expects: string;
  /** Default value of the environment variable, as text; undefined if the variable has no default. */
  fallback: string | undefined;
  description: string;
  /** True if the value is secret and must not be printed. */
  secret?: true;
  /** True if the value is a port or folder of this machine, which does not affect the behavior of the service. */
  machineLocal?: true;
  /**
   * Parses the text of the environment variable. Returns undefined if the text is invalid. May also throw a Problem
   * with a more specific message.
   */
  parse(text: string): T | undefined;
};

type WithFallback<T> = Setting<T> & { fallback: string };

export const textSetting = (
  name: string,
  expects: string,
  fallback: string,
  description: string,
): WithFallback<string> => ({
  name,
  expects,
  fallback,
  description,
  parse: (value) => value,
});

export const numericSetting = (
  name: string,
  range: Range,
  fallback: number,
  description: string,
): WithFallback<number> => ({
  name,
  expects: `${range.whole ? 'a whole number' : 'a number'} from ${range.min} to ${range.max}`,
  fallback: String(fallback),
  description,
  parse: (value) => {
    if (!/^\d+(\.\d+)?$/.test(value)) return undefined;
    const number = Number(value);
    if (range.whole && !Number.isInteger(number)) return undefined;
    return number >= range.min && number <= range.max ? number : undefined;
  },
});
type Range = { whole: boolean; min: number; max: number };
export const whole = (min: number, max: number): Range => ({ whole: true, min, max });
export const decimal = (min: number, max: number): Range => ({ whole: false, min, max });

/** Creates a setting that accepts one of a fixed list of values. */
export const choiceSetting = <const Choice extends string>(
  name: string,
  choices: readonly Choice[],
  fallback: Choice,
  description: string,
): WithFallback<Choice> => ({
  name,
  expects: `one of ${choices.join(', ')}`,
  fallback,
  description,
  parse: (value) => choices.find((candidate) => candidate === value),
});

/** Marks a setting as secret, so that its value is not printed. */
export const secret = <S extends Setting<unknown>>(setting: S): S & { secret: true } => ({
  ...setting,
  secret: true,
});

/** Marks a setting as a port or folder of this machine, which does not affect the behavior of the service. */
export const machineLocal = <S extends Setting<unknown>>(setting: S): S & { machineLocal: true } => ({
  ...setting,
  machineLocal: true,
});
