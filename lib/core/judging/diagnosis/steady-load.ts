import type { Evidence } from '../../evidence/index.ts';
import type { Stretch } from './stretches.ts';

/** Changes in the load of as little as this are none. */
const STEADY = 0.1;

/** The longest stretch of windows under which the number of VUs stayed the same; nothing of a run without any. */
export function steadyLoad({ windows }: Evidence): Stretch {
  const { startMs, durationMs, vus } = windows;
  let longest: Stretch = { fromMs: 0, toMs: 0 };
  let current: (Stretch & { vus: number }) | null = null;
  for (const [i, fromMs] of startMs.entries()) {
    const users = vus[i] ?? null;
    const toMs = fromMs + (durationMs[i] ?? 0);
    if (users === null || users === 0) current = null;
    else if (current && Math.abs(users - current.vus) <= STEADY * current.vus) current.toMs = toMs;
    else current = { fromMs, toMs, vus: users };
    if (current && current.toMs - current.fromMs > longest.toMs - longest.fromMs)
      longest = { fromMs: current.fromMs, toMs: current.toMs };
  }
  return longest;
}
