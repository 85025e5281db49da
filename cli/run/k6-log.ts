/** One line of k6's log in JSON. */
interface LogLine {
  level?: string;
  msg?: string;
  error?: string;
}

/** Levels of messages that end a run or make its figures unreliable. */
const SERIOUS_LEVELS = new Set(['error', 'fatal', 'panic']);

function parse(line: string): LogLine | null {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return line.trim() === '' ? null : { level: 'error', msg: line };
  }
}

/** The first line of the last serious message. The stack inside k6 does not help the author of a test. */
export function lastErrorIn(log: string): string | null {
  const messages = log
    .split('\n')
    .map(parse)
    .filter((line) => line !== null && SERIOUS_LEVELS.has(line.level ?? ''))
    .map((line) => line?.error ?? line?.msg ?? '');
  return plainMessage(messages.at(-1) ?? '') || null;
}

/** Removes the stack and the prefixes of k6 and its JavaScript engine from a message. */
export function plainMessage(message: string): string {
  // A line that ends in a colon announces the next one: `could not save:\n\t- no space left`.
  const [first = '', ...stack] = message.replace(/:\n\s*(- )?/, ': ').split('\n');
  const place = stack.find((line) => /\bat .*\.ts:\d+/.test(line))?.trim();
  const bare = first.replace(/^(?:GoError|Error|Uncaught \(in promise\)): /, '').trim();
  return place ? `${bare} (${place})` : bare;
}

export interface K6Log {
  /** Adds output from k6's standard error, in pieces of any size. */
  write(text: string): void;
  /** Every distinct warning and error with its count, most frequent first. */
  messages(): LogMessage[];
}

export interface LogMessage {
  level: string;
  message: string;
  count: number;
}

const MAX_MESSAGES = 50;
/** Messages about k6's thresholds are dropped, because the criteria are more precise. */
const THRESHOLDS_CROSSED = /^thresholds on metrics .* have been crossed$/;

/** Counts equal messages: if the target is down, k6 logs one per request. */
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

/** Removes ids and ports, so that similar failed requests become one message. */
function withoutNumbers({ msg = '', error }: LogLine): string {
  const text = error ? `${msg}: ${error}` : msg;
  return msg === 'Request Failed' ? text.replace(/\d{2,}/g, '…') : text;
}
