import { readOptional, type TestPlan } from '../core/definition/index.ts';
import { type SummaryData, summaryFromK6, summaryText } from '../core/telemetry/index.ts';

/** Writes the summary of the run as JSON. In a run started by hand, it also prints a short table. */
export function summaryHandler(plan: TestPlan): (data: SummaryData) => Record<string, string> {
  return (data) => {
    const summary = summaryFromK6(plan, data);
    const json = `${JSON.stringify(summary)}\n`;
    const file = readOptional('SUMMARY_FILE', __ENV);
    if (file !== undefined) return { [file]: json };
    const fallback = `results/${plan.product}-${plan.test}.summary.json`;
    return { [fallback]: json, stdout: summaryText(summary, fallback) };
  };
}
