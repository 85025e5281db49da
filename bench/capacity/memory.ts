import { goSettings } from '../../cli/run/go-settings.ts';
import { telemetrySettings, windowLengthMs } from '../../cli/telemetry/k6-settings.ts';
import { receiveTelemetry } from '../../cli/telemetry/receiver.ts';
import { type ConstantLoad, measuredSeconds, measureSide } from '../overhead/sides.ts';

/** Linear model of how much memory k6 uses: a fixed amount, plus an amount per VU and per request. */
export interface MemoryModel {
  fixedMB: number;
  mbPerVU: number;
  /** Memory in kB per request. k6 stores the duration of every request until the end of the run. */
  kBPerRequest: number;
  /** Requests per second that one VU sends with the think time of the peak test. */
  requestsPerS: number;
}

/** Minimum think time of the peak test in seconds. The maximum think time is three times as long. */
const PEAK_THINK_S = 1;
const FEW: ConstantLoad = { vus: 500, durationS: 15, thinkS: PEAK_THINK_S };
const MANY: ConstantLoad = { vus: 2000, durationS: 15, thinkS: PEAK_THINK_S };
const SHORT: ConstantLoad = { vus: 20, durationS: 10, thinkS: 0 };
const LONG: ConstantLoad = { vus: 20, durationS: 40, thinkS: 0 };
/** Makes Go collect garbage often, so that the measured memory contains little garbage. */
const FREQUENT_GARBAGE_COLLECTION = { GOGC: '20' };

const requestsPerS = (requests: number, load: ConstantLoad) => requests / measuredSeconds(load);

/** @param say called with one line of text before each measurement */
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
  const additionalRequests =
    requestsPerS(long.requests, LONG) * LONG.durationS - requestsPerS(short.requests, SHORT) * SHORT.durationS;
  return {
    fixedMB: few.peakMemoryMB - mbPerVU * FEW.vus,
    mbPerVU,
    kBPerRequest: ((long.peakMemoryMB - short.peakMemoryMB) * 1024) / additionalRequests,
    requestsPerS: requestsPerS(many.requests, MANY) / MANY.vus,
  };
}
