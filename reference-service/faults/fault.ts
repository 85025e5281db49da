/** Which process brings the fault about. */
export type FaultSite = 'service' | 'providers' | 'supervisor';

export type Fault = {
  name: string;
  description: string;
  unit: string;
  default: number;
  min: number;
  max: number;
  site: FaultSite;
};

/**
 * A fault that the service brings about, unless another process does.
 * @param range of its value
 */
export const fault = (
  name: string,
  unit: string,
  [min, max]: readonly [min: number, max: number],
  usual: number,
  description: string,
  site: FaultSite = 'service',
): Fault => ({ name, description, unit, default: usual, min, max, site });

/** A fault whose value is a share of the requests. */
export const shareFault = (name: string, usual: number, description: string, site?: FaultSite): Fault =>
  fault(name, 'share from 0 to 1', [0, 1], usual, description, site);

/** Value of each active fault, in the unit of its table row. */
export type ActiveFaults = Partial<Record<string, number>>;
