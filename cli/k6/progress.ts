/** Where to show progress: on a terminal, one line is rewritten in place; otherwise, `log` receives whole lines. */
export interface Output {
  log: (line: string) => void;
  /** The terminal to write to; null if stderr is not a terminal. */
  terminal: { write(text: string): unknown } | null;
}

export interface Progress {
  update(text: string): void;
  /** Replaces the progress line with `line`, or removes it if `line` is omitted. */
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
