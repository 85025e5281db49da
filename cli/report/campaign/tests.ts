import type { Tested } from '../../../lib/core/across-runs/index.ts';
import type { Block, Section } from '../document.ts';
import { absent, text } from '../run/blocks.ts';
import { runSections } from '../run/index.ts';
import { DECISIONS } from '../words.ts';

/** Each test as the report of its run has it. */
export const testsSection = (tests: readonly Tested[]): Section => ({
  id: 'tests',
  title: 'Tests',
  blocks: [],
  sections: tests.map((tested, i) => testSection(tested, `Test ${i + 1} of ${tests.length}`)),
});

function testSection({ test, result }: Tested, place: string): Section {
  const id = `test-${test}`;
  const title = `${place}: ${test}`;
  if (!result) return { id, title, blocks: [absent('The test was not run.')] };
  return {
    id,
    title: `${title}, ${DECISIONS[result.verdict.decision].words}`,
    blocks: [text(result.run.description)],
    sections: runSections(result).map((section) => prefixed(section, test)),
  };
}

/** Ids are unique within one run; in a campaign, with the name of the test. */
function prefixed({ id, title, blocks, sections }: Section, prefix: string): Section {
  return {
    id: `${prefix}-${id}`,
    title,
    blocks: blocks.map(
      (block): Block => (block.kind === 'chart' ? { ...block, id: `${prefix}-${block.id}` } : block),
    ),
    ...(sections ? { sections: sections.map((section) => prefixed(section, prefix)) } : {}),
  };
}
