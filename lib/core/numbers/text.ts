/** Figures as evidence tells them, with as many digits as a person reads. */

export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

export const ms = (value: number): string =>
  value >= 10_000 ? `${(value / 1000).toFixed(0)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`;

export const perSecond = (rate: number): string => `${rate.toFixed(rate < 10 ? 1 : 0)}/s`;

export const megabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(0)} MB`;

export const number = (value: number): string =>
  value.toFixed(value < 10 && !Number.isInteger(value) ? 1 : 0);

/** `1 request`, `2 requests`. */
export const count = (n: number, noun: string, plural = `${noun}s`): string =>
  `${number(n)} ${n === 1 ? noun : plural}`;
