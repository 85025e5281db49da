/**
 * Measures how reliably a run history detects a drop of the success rate, how long reports of a large history take, and
 * whether no record is lost if two Git clones add records at the same time.
 *
 *     npm run bench:history                           uses four real runs and 200 histories, about 3 minutes
 *     npm run bench:history -- --histories 1000
 *     npm run bench:history -- --pages site           writes the HTML pages of one history to this folder
 *
 * Runs the business flow test four times against the reference service. In one run, the simulated WhatsApp API refuses
 * some messages. Simulates histories of 60 nights by resampling the four runs. Each night has 2,800 bookings. The
 * success rate is 97 % before the 40th night, and 94 % from then on. Two nights have no run. Checks each history after
 * every night, like a scheduled workflow. Then two clones of a repository add a record at the same time, 100 times.
 * Fails if a measured value misses its limit.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_BRANCH, HistoryStore } from '../cli/history/history-store.ts';
import { productHistories } from '../cli/history/product-histories.ts';
import { writeSite } from '../cli/history/site.ts';
import { historyReport } from '../cli/report/history/terminal.ts';
import { watchSignals } from '../cli/run/interruption.ts';
import { racesKept } from '../cli/testing/history.ts';
import { type Alarm, alarmsOf, type HistoryRecord, historiesOf, recordOf } from '../lib/core/across-runs/index.ts';
import { median, seededRandom } from '../lib/core/numbers/index.ts';
import { nightStartMs, type Simulation, simulateNights, TWO_MONTHS_SIMULATION } from '../lib/core/testing/history.ts';
import { FAULT_CASES } from './diagnosis/cases.ts';
import { runWithFault } from './diagnosis/run.ts';
import { runInTemporaryFolder } from './temporary-folder.ts';

const USUAL_RUNS = 3;
const FAULT = 'whatsapp-429';
const STEP = 'send-confirmation';
const MANY_RUNS = 1000;
const RACES = 100;
const HOUR_MS = 3_600_000;

const { values } = parseArgs({
  options: { histories: { type: 'string', default: '200' }, pages: { type: 'string' } },
});

interface RealRecords {
  usual: HistoryRecord[];
  worse: HistoryRecord[];
}

async function measureRealRuns(folder: string): Promise<RealRecords> {
  using interruption = watchSignals();
  const fault = FAULT_CASES.find(({ fault }) => fault === FAULT);
  if (!fault) throw new Error(`${FAULT} is not a fault of the reference service.`);
  const folders = { data: path.join(folder, 'data'), results: path.join(folder, 'results') };
  const runs: RealRecords = { usual: [], worse: [] };
  for (let i = 0; i <= USUAL_RUNS; i++) {
    const isUsual = i < USUAL_RUNS;
    const record = recordOf(await runWithFault(fault.load, isUsual ? null : fault, folders, interruption));
    interruption.stop.throwIfAborted();
    (isUsual ? runs.usual : runs.worse).push(record);
    const [flow] = record.flows;
    process.stderr.write(
      `${isUsual ? 'no fault' : FAULT}: ${flow?.succeeded} of ${flow?.iterations} bookings succeeded\n`,
    );
  }
  return runs;
}

/** What the nightly checks of one simulated history found. */
interface DetectionResult {
  /** Whether there was an alarm before the success rate dropped. */
  hasFalseAlarm: boolean;
  /** Number of nights from the drop until the first alarm; NaN if there was no alarm. */
  nightsUntilAlarm: number;
  /** Number of nights from the drop until an alarm reported the change; NaN if no alarm reported the change. */
  nightsUntilChange: number;
  /**
   * Number of runs between the real drop and the change detected in the complete history. Null unless exactly one
   * change was detected.
   */
  changeOffset: number | null;
  stepIsNamed: boolean;
}

function checkEveryNight(
  records: readonly HistoryRecord[],
  { nights, dropsAtNight: dropNight, withoutRun }: Simulation,
): DetectionResult {
  const alarmsAt = (night: number): Alarm[] => {
    const untilMs = nightStartMs(night) + HOUR_MS;
    return alarmsOf(historiesOf(records, { untilMs }), { untilMs });
  };
  const alarmsByNight = Array.from({ length: nights }, (_, i) => ({ night: i + 1, alarms: alarmsAt(i + 1) }));
  const firstWith = (matches: (alarm: Alarm) => boolean) =>
    (alarmsByNight.find(({ night, alarms }) => night >= dropNight && alarms.some(matches))?.night ?? Number.NaN) -
    dropNight;
  const [history] = historiesOf(records, { untilMs: nightStartMs(nights) + HOUR_MS });
  const changes = history?.figures.find(({ figure }) => figure.flow !== null)?.changes ?? [];
  const recordIndexOf = (night: number) => night - 1 - withoutRun.filter((missing) => missing < night).length;
  const [change] = changes;
  return {
    hasFalseAlarm: alarmsByNight.some(({ night, alarms }) => night < dropNight && alarms.length > 0),
    nightsUntilAlarm: firstWith(({ kind }) => kind !== 'missing'),
    nightsUntilChange: firstWith((alarm) => 'change' in alarm && alarm.change !== null),
    changeOffset: change && changes.length === 1 ? change.index - recordIndexOf(dropNight) : null,
    stepIsNamed: change?.explanation?.steps[0]?.step === STEP,
  };
}

/** Measures how long it takes to read a history with many runs of one test, and to report it. */
async function measureLargeHistory({ usual, worse }: RealRecords, folder: string): Promise<Record<string, number>> {
  execFileSync('git', ['init', '--quiet', folder]);
  const store = await HistoryStore.open(folder, DEFAULT_BRANCH, process.env);
  const simulation = {
    ...TWO_MONTHS_SIMULATION,
    nights: MANY_RUNS,
    dropsAtNight: MANY_RUNS - 100,
    withoutRun: [],
  };
  await store.append(simulateNights(usual, worse, simulation, seededRandom(1)));
  const times: Record<string, number> = {};
  const timed = async <T>(action: string, work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const result = await work();
    times[action] = performance.now() - startedAt;
    return result;
  };
  const question = { untilMs: nightStartMs(MANY_RUNS) + HOUR_MS };
  const products = await timed('read and checked', () => productHistories(store, question, () => {}));
  await timed('shown on a terminal', async () => products.map(historyReport).join(''));
  await timed('written as pages', () => writeSite(path.join(folder, 'site'), products));
  return times;
}

function printRow(title: string, value: string): void {
  process.stdout.write(`${title.padEnd(54)}${value}\n`);
}

await runInTemporaryFolder('history', async (folder) => {
  const runs = await measureRealRuns(folder);
  const random = seededRandom(7);
  const count = Number(values.histories);
  const histories = Array.from({ length: count }, () =>
    simulateNights(runs.usual, runs.worse, TWO_MONTHS_SIMULATION, random),
  );
  const results = histories.map((records) => checkEveryNight(records, TWO_MONTHS_SIMULATION));
  const share = (matches: (result: DetectionResult) => boolean) => results.filter(matches).length / count;
  const percent = (rate: number) => `${(rate * 100).toFixed(1)} %`;
  const falseAlarmShare = share(({ hasFalseAlarm: isFalse }) => isFalse);
  const detectedShare = share(({ changeOffset: offBy }) => offBy !== null && Math.abs(offBy) <= 1);
  const namedStepShare = share(({ stepIsNamed }) => stepIsNamed);

  printRow(`histories, of ${TWO_MONTHS_SIMULATION.nights} nights each`, String(count));
  printRow('false alarm in the 39 nights before the drop', percent(falseAlarmShare));
  printRow('drop detected at the 40th night', percent(share(({ changeOffset: offBy }) => offBy === 0)));
  printRow('drop detected at the 40th night ± 1, no other change', percent(detectedShare));
  printRow('responsible step named', percent(namedStepShare));
  printRow(
    'nights until the first alarm, median',
    String(median(results.map(({ nightsUntilAlarm: toldAfter }) => toldAfter)) + 1),
  );
  printRow(
    'nights until the change is reported, median',
    String(median(results.map(({ nightsUntilChange: changeAfter }) => changeAfter)) + 1),
  );
  for (const [action, ms] of Object.entries(await measureLargeHistory(runs, folder)))
    printRow(`${MANY_RUNS} runs of one test, ${action}`, `${ms.toFixed(0)} ms`);
  const races = path.join(folder, 'races');
  mkdirSync(races);
  const kept = await racesKept(races, RACES);
  printRow('both records kept when added at the same time', `${kept} of ${RACES}`);

  if (values.pages !== undefined) {
    const untilMs = nightStartMs(TWO_MONTHS_SIMULATION.nights) + HOUR_MS;
    const published = historiesOf(histories[0] ?? [], { untilMs });
    await writeSite(path.resolve(values.pages), [
      { product: published[0]?.product ?? '', histories: published, alarms: alarmsOf(published, { untilMs }) },
    ]);
  }
  process.exitCode =
    falseAlarmShare <= 0.01 && detectedShare >= 0.99 && namedStepShare >= 0.99 && kept === RACES ? 0 : 1;
});
