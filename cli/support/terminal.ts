import { stripVTControlCharacters, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Where people are told how it goes: standard error, so that standard output holds the outcome alone. */
export interface Terminal {
  /** A line can be rewritten. */
  live: boolean;
  line(text: string): void;
  /** The line at the bottom that changes; elsewhere than on a terminal, a line of its own. */
  status(text: string): void;
  clearStatus(): void;
}

const ERASE_LINE = '\r\u001b[2K';

/** @param isWatched false where no person is there, as in CI: then no line is rewritten */
export function openTerminal({
  isWatched,
  stream = process.stderr,
}: {
  isWatched: boolean;
  stream?: NodeJS.WriteStream;
}): Terminal {
  const live = isWatched && Boolean(stream.isTTY);
  let status = '';
  const clearStatus = () => {
    if (live && status !== '') stream.write(ERASE_LINE);
    status = '';
  };
  return {
    live,
    clearStatus,
    line(text) {
      const kept = status;
      clearStatus();
      // What is painted is painted for standard output, which may be a terminal where this is none.
      stream.write(`${live ? text : stripVTControlCharacters(text)}\n`);
      if (live && kept !== '') this.status(kept);
    },
    status(text) {
      if (!live) {
        stream.write(`${text}\n`);
        return;
      }
      status = text.slice(0, Math.max(20, (stream.columns ?? 80) - 1));
      stream.write(ERASE_LINE + status);
    },
  };
}

/** Colour only where a person looks at it; honours NO_COLOR and FORCE_COLOR. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout, validateStream: true });
}
