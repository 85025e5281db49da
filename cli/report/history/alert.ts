import type { TestHistory } from '../../../lib/core/across-runs/index.ts';
import type { Document, Section } from '../document.ts';
import { formatMinute } from '../format.ts';
import { text } from '../run/blocks.ts';
import type { ProductHistory } from './document.ts';
import { placesOf, runsTable } from './runs.ts';
import { statementBlocks } from './statements.ts';
import { ALERT, alarmStatement, testName } from './words.ts';

const RUNS_SHOWN = 10;

/**
 * What needs attention, for those who do not look at the history every day.
 * @param untilMs as of when
 */
export function alertDocument({ product, alarms }: ProductHistory, untilMs: number): Document {
  const concerned = [...new Set(alarms.map(({ history }) => history))];
  return {
    title: alarms.length === 1 ? 'Something needs attention' : `${alarms.length} things need attention`,
    subtitle: `${product}, as of ${formatMinute(untilMs)} UTC`,
    verdict: ALERT,
    sections: [
      { id: 'what', title: 'What', blocks: statementBlocks(alarms.map(alarmStatement)) },
      ...concerned.map(latestRuns),
      {
        id: 'more',
        title: 'More',
        blocks: [
          text(
            'Steps, reasons of failures and charts are in the history: npm run history. This issue is brought up to date after every run, and closed once nothing of it is true any more.',
          ),
        ],
      },
    ],
  };
}

function latestRuns(history: TestHistory, index: number): Section {
  return {
    id: `runs-${index}`,
    title: `Latest runs of ${testName(history)}`,
    blocks: [runsTable(history, placesOf(history).slice(0, RUNS_SHOWN), () => null)],
  };
}
