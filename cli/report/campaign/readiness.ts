import type { Tested } from '../../../lib/core/across-runs/index.ts';
import { COMPONENTS, type Readiness } from '../../../lib/core/evidence/index.ts';
import type { Cell, Section } from '../document.ts';
import { text } from '../run/blocks.ts';
import { COMPONENT_TITLES, scoreWords } from '../run/readiness.ts';
import { perTest, ranOf } from './tested.ts';

/** What each test that asks for it finds of the system around it; null where none does. */
export function readinessSection(tests: readonly Tested[]): Section | null {
  const asked = ranOf(tests).flatMap(({ test, result }) =>
    result.readiness ? [{ test, result: result.readiness }] : [],
  );
  if (asked.length === 0) return null;
  const notReady = asked.filter(({ result }) => !result.ready).map(({ test }) => test);
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
          COMPONENTS.map((name) => [
            COMPONENT_TITLES[name],
            ({ components }: Readiness) =>
              scoreWords(components.find(({ component }) => component === name)?.score ?? null),
          ]),
        ),
        Total: ({ total, outOf }) => `${total}/${outOf}`,
        Readiness: ({ ready }): Cell =>
          ready ? { text: '✓ READY', tone: 'good' } : { text: '✗ NOT READY', tone: 'bad' },
      }),
    ],
  };
}
