/** Parses the Markdown of a report, so that tests can check its numbers. */

export interface ReadTable {
  caption: string;
  /** The titles of the sections that contain the table, outermost section first. */
  place: string[];
  rows: Record<string, string>[];
}

export interface ReadReport {
  verdict: string;
  tables: ReadTable[];
  /** All lines of text outside tables, each with the titles of the sections that contain the line. */
  lines: { place: string[]; text: string }[];
}

export function readReport(markdown: string): ReadReport {
  const report: ReadReport = { verdict: '', tables: [], lines: [] };
  let place: string[] = [];
  let caption = '';
  let header: string[] | null = null;
  for (const line of markdown.split('\n')) {
    const heading = /^(#{2,6}) (.*)$/.exec(line);
    const strong = /^\*\*(.*)\*\*$/.exec(line)?.[1];
    if (heading) place = [...place.slice(0, (heading[1] as string).length - 2), plain(heading[2] as string)];
    else if (line.startsWith('| :') || line.startsWith('| -')) continue;
    else if (line.startsWith('| ')) {
      const cells = line
        .slice(2, -1)
        .split(' |')
        .map((cell) => plain(cell.trim()));
      if (header) report.tables.at(-1)?.rows.push(rowOf(header, cells));
      else {
        header = cells;
        report.tables.push({ caption, place, rows: [] });
      }
      continue;
    } else if (strong !== undefined && place.length === 0) report.verdict = plain(strong);
    else if (strong !== undefined) caption = plain(strong);
    else if (line !== '') report.lines.push({ place, text: plain(line) });
    header = null;
  }
  return report;
}

const plain = (text: string) => text.replace(/\\(.)/g, '$1');

const rowOf = (header: readonly string[], cells: readonly string[]) =>
  Object.fromEntries(header.map((title, i) => [title, cells[i] ?? '']));

/** Parses a number in the format of reports: `1,234` becomes 1234, and `12.5 %` becomes 0.125. */
export function numberOf(text: string | undefined): number {
  const match = /^(-?[\d,]+(?:\.\d+)?)( %)?/.exec(text ?? '');
  if (!match) throw new Error(`no number: ${text}`);
  const value = Number(match[1]?.replaceAll(',', ''));
  return match[2] ? value / 100 : value;
}
