/** Where progress goes: lines to `log`, and on a terminal one line that is rewritten in place. */
export interface Output {
  log: (line: string) => void;
  /** null where stderr is not a terminal. */
  terminal: { write(text: string): unknown } | null;
}

export interface Progress {
  update(text: string): void;
  /** Leaves `line` as the last word, or takes the progress line away when there is none to leave. */
  end(line?: string): void;
}

const REPAINT_MS = 200;
const CLEAR_LINE = '\r\x1b[2K';

export function startProgress({ log, terminal }: Output, first: string): Progress {
  let paintedAt = performance.now();
  if (terminal) terminal.write(first);
  else log(first);
  return {
    update(text) {
      if (!terminal || performance.now() - paintedAt < REPAINT_MS) return;
      paintedAt = performance.now();
      terminal.write(CLEAR_LINE + text);
    },
    end(line) {
      terminal?.write(CLEAR_LINE);
      if (line) log(line);
    },
  };
}
