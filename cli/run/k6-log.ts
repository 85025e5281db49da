/** One line of k6's log, which is in JSON format. */
interface LogLine {
  level?: string;
  msg?: string;
  error?: string;
}

/** Log levels of errors that end a run or make its figures unreliable. */
const SERIOUS_LEVELS = new Set(['error', 'fatal', 'panic']);

function parse(line: string): LogLine | null {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return line.trim() === '' ? null : { level: 'error', msg: line };
  }
}

/** Returns the last error in the log, without k6's stack trace; null if there is no error. */
export function lastErrorIn(log: string): string | null {
  const messages = log
    .split('\n')
    .map(parse)
    .filter((line) => line !== null && SERIOUS_LEVELS.has(line.level ?? ''))
    .map((line) => line?.error ?? line?.msg ?? '');
  return plainMessage(messages.at(-1) ?? '') || null;
}

/** Removes the stack trace, and the prefixes that k6 and its JavaScript engine add, from an error message. */
export function plainMessage(message: string): string {
  // If the first line ends in a colon, the next line contains the reason, such as "- no space left".
  const [first = '', ...stack] = message.replace(/:\n\s*(- )?/, ': ').split('\n');
  const place = stack.find((line) => /\bat .*\.ts:\d+/.test(line))?.trim();
  const bare = first.replace(/^(?:GoError|Error|Uncaught \(in promise\)): /, '').trim();
  return place ? `${bare} (${place})` : bare;
}

export interface K6Log {
  /** Adds a chunk of k6's standard error. A chunk may end in the middle of a line. */
  write(text: string): void;
  /** Returns every distinct warning and error with its count, most frequent first. */
  messages(): LogMessage[];
}

export interface LogMessage {
  level: string;
  message: string;
  count: number;
}

const MAX_MESSAGES = 50;
/** Drop k6's messages about thresholds, because the verdict on the criteria is more precise. */
const THRESHOLDS_CROSSED = /^thresholds on metrics .* have been crossed$/;

/** Count equal messages instead of storing each one, because k6 logs one message per request if the target is down. */
export function collectLog(): K6Log {
  const counts = new Map<string, LogMessage>();
  let rest = '';
  const addLine = (line: string) => {
    const parsed = parse(line);
    if (!parsed || (parsed.level !== 'warning' && !SERIOUS_LEVELS.has(parsed.level ?? ''))) return;
    const message = plainMessage(withoutNumbers(parsed));
    if (THRESHOLDS_CROSSED.test(message)) return;
    const known = counts.get(message);
    if (known) known.count += 1;
    else if (counts.size < MAX_MESSAGES) counts.set(message, { level: parsed.level ?? '', message, count: 1 });
  };
  return {
    write(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(addLine);
    },
    messages() {
      if (rest !== '') addLine(rest);
      rest = '';
      return [...counts.values()].sort((a, b) => b.count - a.count);
    },
  };
}

/** Removes IDs and ports from a message about a failed request, so that similar messages are counted together. */
function withoutNumbers({ msg = '', error }: LogLine): string {
  const text = error ? `${msg}: ${error}` : msg;
  return msg === 'Request Failed' ? text.replace(/\d{2,}/g, '…') : text;
}
