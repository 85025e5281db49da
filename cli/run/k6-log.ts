/** One line of k6's log in JSON. */
interface LogLine {
  level?: string;
  msg?: string;
  error?: string;
}

/** Levels that end a run or make its figures doubtful. */
const GRAVE = new Set(['error', 'fatal', 'panic']);

function parse(line: string): LogLine | null {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return line.trim() === '' ? null : { level: 'error', msg: line };
  }
}

/** The last grave message of a log, in its first line: what stack k6 was in is of no use to who wrote the test. */
export function errorOf(log: string): string | null {
  const grave = log
    .split('\n')
    .map(parse)
    .filter((line) => line !== null && GRAVE.has(line.level ?? ''))
    .map((line) => line?.error ?? line?.msg ?? '');
  return plain(grave.at(-1) ?? '') || null;
}

/** Without what k6 and its JavaScript engine put around a message, and without the stack. */
export function plain(message: string): string {
  // A line that ends in a colon announces the next one: `could not save:\n\t- no space left`.
  const [first = '', ...stack] = message.replace(/:\n\s*(- )?/, ': ').split('\n');
  const place = stack.find((line) => /\bat .*\.ts:\d+/.test(line))?.trim();
  const bare = first.replace(/^(?:GoError|Error|Uncaught \(in promise\)): /, '').trim();
  return place ? `${bare} (${place})` : bare;
}

export interface K6Log {
  /** Takes what came from k6's standard error, in pieces of any size. */
  write(text: string): void;
  /** Every different warning and error with how often it came, the commonest first. */
  messages(): LogMessage[];
}

export interface LogMessage {
  level: string;
  message: string;
  count: number;
}

const MAX_DIFFERENT = 50;
/** What k6 says of its own thresholds, the criteria say better. */
const THRESHOLDS_CROSSED = /^thresholds on metrics .* have been crossed$/;

/** Counts messages instead of repeating them: a target that is down logs one a request. */
export function collectLog(): K6Log {
  const counts = new Map<string, LogMessage>();
  let rest = '';
  const take = (line: string) => {
    const parsed = parse(line);
    if (!parsed || (parsed.level !== 'warning' && !GRAVE.has(parsed.level ?? ''))) return;
    const message = plain(withoutNumbers(parsed));
    if (THRESHOLDS_CROSSED.test(message)) return;
    const known = counts.get(message);
    if (known) known.count += 1;
    else if (counts.size < MAX_DIFFERENT)
      counts.set(message, { level: parsed.level ?? '', message, count: 1 });
  };
  return {
    write(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(take);
    },
    messages() {
      if (rest !== '') take(rest);
      rest = '';
      return [...counts.values()].sort((a, b) => b.count - a.count);
    },
  };
}

/** Requests that fail alike differ in ids and ports; they are one message. */
function withoutNumbers({ msg = '', error }: LogLine): string {
  const text = error ? `${msg}: ${error}` : msg;
  return msg === 'Request Failed' ? text.replace(/\d{2,}/g, '…') : text;
}
