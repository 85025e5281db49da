import { stripVTControlCharacters, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Shows progress on standard error, so that standard output contains only the results. */
export interface Terminal {
  /** Whether the terminal can rewrite its status line. */
  live: boolean;
  line(text: string): void;
  /**
   * Replaces the status line at the bottom of the terminal. If `live` is false, prints the status as a new line
   * instead.
   */
  status(text: string): void;
  clearStatus(): void;
}

const ERASE_LINE = '\r\u001b[2K';

/**
 * Opens a terminal for progress messages. @param isWatched whether a user watches the output; false in CI, where lines
 * are not rewritten
 */
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
      const previousStatus = status;
      clearStatus();
      // Remove the colors: they were chosen for standard output, which may be a terminal even if this stream is not.
      stream.write(`${live ? text : stripVTControlCharacters(text)}\n`);
      if (live && previousStatus !== '') this.status(previousStatus);
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

/** Applies a style to a text if standard output supports colors. Respects NO_COLOR and FORCE_COLOR. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout, validateStream: true });
}
