/** One environment variable. */
export type Setting<T> = {
  name: string;
  expects: string;
  /** Text as it would stand in the environment; undefined where the variable has no default. */
  fallback: string | undefined;
  description: string;
  /** Its value may not be shown. */
  secret?: true;
  /** Where it runs and keeps its data on this machine: it behaves the same whatever that is. */
  machineLocal?: true;
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

/** One of a few words. */
export const choiceSetting = <const Choice extends string>(
  name: string,
  choices: readonly Choice[],
  fallback: Choice,
  description: string,
): WithFallback<Choice> => ({
  name,
  expects: choices.join(', '),
  fallback,
  description,
  parse: (value) => choices.find((one) => one === value),
});

/** A setting whose value may not be shown. */
export const secret = <S extends Setting<unknown>>(setting: S): S & { secret: true } => ({
  ...setting,
  secret: true,
});

/** A setting that says where the target runs or keeps its data on this machine. */
export const machineLocal = <S extends Setting<unknown>>(setting: S): S & { machineLocal: true } => ({
  ...setting,
  machineLocal: true,
});
