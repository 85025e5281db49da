/** The process that holds a lock, and the remarks that this process stored in the lock. */
export type Holder<Remarks = unknown> = Remarks & { pid: number };

export function withLock<T>(path: string, onWait: () => void, work: () => Promise<T>): Promise<T>;

export function tryLock<Remarks extends object>(
  path: string,
  remarks?: Remarks,
): Promise<{ holder: Holder<Remarks>; release?: undefined } | { holder?: undefined; release: () => Promise<void> }>;

export function lockHolder<Remarks = unknown>(path: string): Promise<Holder<Remarks> | null>;
