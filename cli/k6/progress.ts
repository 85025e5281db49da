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

export function startProgress(output: Output, first: string): Progress {
  return output.terminal ? onTerminal(output.terminal, output.log, first) : onLog(output.log, first);
}

function onTerminal(terminal: { write(text: string): unknown }, log: Output['log'], first: string): Progress {
  let paintedAt = performance.now();
  terminal.write(first);
  return {
    update(text) {
      if (performance.now() - paintedAt < REPAINT_MS) return;
      paintedAt = performance.now();
      terminal.write(CLEAR_LINE + text);
    },
    end(line) {
      terminal.write(CLEAR_LINE);
      if (line) log(line);
    },
  };
}

function onLog(log: Output['log'], first: string): Progress {
  log(first);
  return {
    update() {},
    end(line) {
      if (line) log(line);
    },
  };
}
