export function createSignalFilter(windowMs?: number): (signal: NodeJS.Signals, nowMs: number) => boolean;
export function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number;
