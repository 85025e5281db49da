import { PROBES, type ProbeName, type Result, type Samples } from '../../../lib/core/evidence/index.ts';
import type { Section } from '../document.ts';
import { absent } from './blocks.ts';
import { topicBlocks } from './sampled.ts';
import { probeTitle, topicsOf } from './topics.ts';

/** Memory, CPU, connections and caches of the target and of what it depends on. */
export function resourcesSection(result: Result): Section {
  const { resources } = result;
  const silent = PROBES.filter((probe) => !resources[probe]).map(probeTitle);
  return {
    id: 'resources',
    title: 'Resources',
    blocks:
      silent.length === 0
        ? []
        : [
            absent(
              `No samples of: ${silent.join(', ')}. What was asked and did not answer is named in the notes; the rest was not asked.`,
            ),
          ],
    sections: PROBES.flatMap((probe) => {
      const samples = resources[probe];
      return samples ? [probeSection(probe, samples, result)] : [];
    }),
  };
}

function probeSection(probe: ProbeName, samples: Samples, result: Result): Section {
  const { title, topics } = topicsOf(probe, samples);
  const blocks = topics.flatMap((topic) => topicBlocks(probe, topic, samples, result));
  return {
    id: `resources-${probe}`,
    title,
    blocks:
      blocks.length > 0 ? blocks : [absent('It answered, but with none of the figures that are looked for.')],
  };
}
