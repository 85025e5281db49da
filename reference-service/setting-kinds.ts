/** An environment variable of the target: its name, default, description and parser. */
export type Setting<T> = {
  name: string;
  /** The expected value in words, to complete the error message "…, but it must be …". */
  expects: string;
  /** The default as text, in the same format as in the environment; undefined if the variable has no default. */
  fallback: string | undefined;
  description: string;
  /** Whether the value is secret and must not be shown. */
  secret?: true;
  /** A port or folder on this machine, which does not change how the service behaves. */
  machineLocal?: true;
  /** Parses the text. Returns undefined if the text is invalid, or throws a Problem with a more specific message. */
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

/** A setting with a fixed list of possible values. */
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

/** Marks a setting whose value must not be shown. */
export const secret = <S extends Setting<unknown>>(setting: S): S & { secret: true } => ({
  ...setting,
  secret: true,
});

/** Marks a port or folder on this machine, which does not change how the service behaves. */
export const machineLocal = <S extends Setting<unknown>>(setting: S): S & { machineLocal: true } => ({
  ...setting,
  machineLocal: true,
});
