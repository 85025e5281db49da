import type { FigureHistory } from '../../../lib/core/across-runs/index.ts';
import { formatCount } from '../../../lib/core/numbers/index.ts';
import type { Block } from '../document.ts';
import { list, text } from '../run/blocks.ts';
import { wrapped } from '../terminal.ts';
import { changeStatement, type Statement } from './words.ts';

/** Sentences, each with what more there is to say of it below. */
export const statementBlocks = (statements: readonly Statement[]): Block[] =>
  statements.flatMap(({ what, details }) => [text(what), ...(details.length > 0 ? [list(details)] : [])]);

export const statementLines = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ what, details }) => [
    ...wrapped(what, '    ', '  '),
    ...details.flatMap((detail) => wrapped(detail, '      ', '    ')),
  ]);

/** Each change in words; without any, that there is none. */
export function changeBlocks({ figure, points, changes, unsearched }: FigureHistory): Block[] {
  const all = formatCount(points.length);
  return [
    ...(changes.length === 0
      ? [text(`No change of the level was found in ${all} runs.`)]
      : statementBlocks(changes.map((change) => changeStatement(figure, change)))),
    ...(unsearched > 0
      ? [
          text(
            `Changes were looked for in the latest ${formatCount(points.length - unsearched)} of ${all} runs.`,
          ),
        ]
      : []),
  ];
}
