import type { WorkPool } from '../db/pool.ts';
import type { FaultSwitch } from './switchboard.ts';

export const smallPool = (pool: WorkPool, usualMax: number): FaultSwitch => ({
  apply: (max) => pool.resize(max),
  lift: () => pool.resize(usualMax),
});

export function connectionLeak(pool: WorkPool): FaultSwitch {
  const release: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let active = false;
  const take = () =>
    pool
      .acquire()
      .then(({ giveBack }) => {
        if (active) release.push(() => giveBack(false));
        else giveBack(false);
      })
      // An exhausted pool has nothing left to leak.
      .catch(() => undefined);
  return {
    apply(perMinute) {
      active = true;
      clearInterval(timer);
      timer = setInterval(take, 60_000 / perMinute);
    },
    lift() {
      active = false;
      clearInterval(timer);
      for (const giveBack of release.splice(0)) giveBack();
    },
  };
}
