/** The kind of process that simulates a fault. */
export type FaultSite = 'service' | 'providers' | 'supervisor';

export type Fault = {
  name: string;
  description: string;
  /** Unit of the fault value, such as `ms added`. */
  unit: string;
  default: number;
  min: number;
  max: number;
  site: FaultSite;
};

/** Creates the description of a fault. `range` is the minimum and maximum of the value. */
export const fault = (
  name: string,
  unit: string,
  [min, max]: readonly [min: number, max: number],
  defaultValue: number,
  description: string,
  site: FaultSite = 'service',
): Fault => ({ name, description, unit, default: defaultValue, min, max, site });

/** Creates the description of a fault whose value is the share of requests that the fault affects. */
export const shareFault = (name: string, defaultValue: number, description: string, site?: FaultSite): Fault =>
  fault(name, 'share from 0 to 1', [0, 1], defaultValue, description, site);

/** Maps the names of active faults to their values. Each value is in the unit of the fault. */
export type ActiveFaults = Partial<Record<string, number>>;
