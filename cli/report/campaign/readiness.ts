import type { Tested } from '../../../lib/core/across-runs/index.ts';
import type { Result } from '../../../lib/core/evidence/index.ts';
import { assessReadiness, COMPONENTS, type ComponentName } from '../../../lib/core/judging/index.ts';
import type { Cell, Section } from '../document.ts';
import { text } from '../run/blocks.ts';
import { asksForReadiness, COMPONENT_TITLES, scoreWords } from '../run/readiness.ts';
import { perTest, ranOf } from './tested.ts';

/** What each test that asks for it finds of the system around it; null where none does. */
export function readinessSection(tests: readonly Tested[]): Section | null {
  const asked = ranOf(tests).filter(({ result }) => asksForReadiness(result));
  if (asked.length === 0) return null;
  const notReady = asked.filter(({ result }) => !assessReadiness(result).ready).map(({ test }) => test);
  return {
    id: 'readiness',
    title: 'Readiness',
    blocks: [
      text(
        notReady.length === 0
          ? 'READY, as every test that looks at it finds.'
          : `NOT READY, as ${notReady.join(', ')} found: what each component lost its points for is in the section of the test.`,
      ),
      perTest('Scores by component', asked, {
        ...Object.fromEntries(
          COMPONENTS.map((component) => [COMPONENT_TITLES[component], scoreOf(component)]),
        ),
        Total: (result) => {
          const { total, outOf } = assessReadiness(result);
          return `${total}/${outOf}`;
        },
        Readiness: (result): Cell =>
          assessReadiness(result).ready
            ? { text: '✓ READY', tone: 'good' }
            : { text: '✗ NOT READY', tone: 'bad' },
      }),
    ],
  };
}

const scoreOf = (component: ComponentName) => (result: Result) =>
  scoreWords(assessReadiness(result).components.find((one) => one.component === component)?.score ?? null);
