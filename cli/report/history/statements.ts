import type { Block } from '../document.ts';
import { list, text } from '../run/blocks.ts';
import { wrapped } from '../terminal.ts';
import type { Statement } from './words.ts';

/** Sentences, each with what more there is to say of it below. */
export const statementBlocks = (statements: readonly Statement[]): Block[] =>
  statements.flatMap(({ what, details }) => [text(what), ...(details.length > 0 ? [list(details)] : [])]);

export const statementLines = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ what, details }) => [
    ...wrapped(what, '    ', '  '),
    ...details.flatMap((detail) => wrapped(detail, '      ', '    ')),
  ]);
