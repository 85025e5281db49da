import { goSettings } from '../../cli/run/go-settings.ts';
import { telemetrySettings, windowLengthMs } from '../../cli/telemetry/k6-settings.ts';
import { receiveTelemetry } from '../../cli/telemetry/receiver.ts';
import { type ConstantLoad, measuredSeconds, measureSide } from '../overhead/sides.ts';

/** Memory of k6 as a linear model: a fixed amount, plus an amount per VU and per request. */
export interface MemoryModel {
  fixedMB: number;
  mbPerVU: number;
  /** k6 keeps every duration until its summary. */
  kBPerRequest: number;
  /** Of a VU that thinks as the peak test's do. */
  requestsPerS: number;
}

/** Of the peak test: from 1 s to three times that. */
const PEAK_THINK_S = 1;
const FEW: ConstantLoad = { vus: 500, durationS: 15, thinkS: PEAK_THINK_S };
const MANY: ConstantLoad = { vus: 2000, durationS: 15, thinkS: PEAK_THINK_S };
const SHORT: ConstantLoad = { vus: 20, durationS: 10, thinkS: 0 };
const LONG: ConstantLoad = { vus: 20, durationS: 40, thinkS: 0 };
/** Garbage is collected so often that what is live is nearly all there is. */
const FREQUENT_GARBAGE_COLLECTION = { GOGC: '20' };

const perS = (requests: number, load: ConstantLoad) => requests / measuredSeconds(load);

/** @param say called with a description of each measurement */
export async function measureMemory(k6: string, script: string, say: (line: string) => void): Promise<MemoryModel> {
  await using receiver = await receiveTelemetry(() => {});
  const costOf = (load: ConstantLoad, go: Record<string, string>) => {
    say(`memory: ${load.vus} VUs, ${load.durationS} s`);
    const env = { ...telemetrySettings(receiver.endpoint, windowLengthMs(1)), ...go };
    return measureSide(k6, { name: 'memory', script, outputs: ['opentelemetry'], env }, load);
  };
  const few = await costOf(FEW, goSettings({}, FEW.vus));
  const many = await costOf(MANY, goSettings({}, MANY.vus));
  const short = await costOf(SHORT, FREQUENT_GARBAGE_COLLECTION);
  const long = await costOf(LONG, FREQUENT_GARBAGE_COLLECTION);
  const mbPerVU = (many.peakMemoryMB - few.peakMemoryMB) / (MANY.vus - FEW.vus);
  const additionalRequests = perS(long.requests, LONG) * LONG.durationS - perS(short.requests, SHORT) * SHORT.durationS;
  return {
    fixedMB: few.peakMemoryMB - mbPerVU * FEW.vus,
    mbPerVU,
    kBPerRequest: ((long.peakMemoryMB - short.peakMemoryMB) * 1024) / additionalRequests,
    requestsPerS: perS(many.requests, MANY) / MANY.vus,
  };
}
