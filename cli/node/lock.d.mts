/** Who holds a lock, with the remarks it made when it took it. */
export type Holder<Remarks = unknown> = Remarks & { pid: number };

export function withLock<T>(path: string, onWait: () => void, work: () => Promise<T>): Promise<T>;

export function tryLock<Remarks extends object>(
  path: string,
  remarks?: Remarks,
): Promise<
  { holder: Holder<Remarks>; release?: undefined } | { holder?: undefined; release: () => Promise<void> }
>;

export function lockHolder<Remarks = unknown>(path: string): Promise<Holder<Remarks> | null>;
