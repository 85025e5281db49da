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

/** Value of each active fault, in the unit of its table row. */
export type ActiveFaults = Partial<Record<string, number>>;
