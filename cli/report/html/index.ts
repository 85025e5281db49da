import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ReportDocument, Section, Tone } from '../report-document.ts';
import { html, json, Markup } from './markup.ts';
import { sectionMarkup } from './section-markup.ts';
import { timeGroups } from './time-groups.ts';

/**
 * Returns a report as a single HTML page that loads nothing from the network or from other files. The page is readable
 * without JavaScript.
 */
export async function toHtml(document: ReportDocument): Promise<string> {
  const [style, script] = await Promise.all([
    readFile(path.join(import.meta.dirname, 'style.css'), 'utf8'),
    pageScript(),
  ]);
  const groups = timeGroups(document);
  const times = new Map(groups.flatMap(({ time, charts }) => charts.map(({ id }) => [id, time])));
  const { title, subtitle, verdict, sections } = document;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${verdict.words} · ${title}</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#report-begins">Skip to the report</a>
<header class="${verdict.tone}">
<h1><span class="title">${title}</span>
<span class="verdict">${SIGNS[verdict.tone]}<span>${verdict.words}</span></span></h1>
<p class="subtitle">${subtitle}</p>
</header>
<div class="page">
<nav aria-label="Contents"><p class="title">Contents</p>${contents(sections)}</nav>
<main id="report-begins" tabindex="-1">
${sections.map((section) => sectionMarkup(section, times))}</main>
</div>
<script type="application/json">${json(groups)}</script>
<script>${new Markup(script)}</script>
</body>
</html>
`;
  return page.text;
}

async function pageScript(): Promise<string> {
  // esbuild is imported only when needed, because the import is slow and most commands write no HTML.
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, 'client', 'client.mts')],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    minify: true,
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

/**
 * Returns a content security policy that forbids network access, and all scripts except the script of the page itself.
 */
function policy(script: string): string {
  const hash = createHash('sha256').update(script).digest('base64');
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src 'sha256-${hash}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Returns a table of contents that lists the sections and, one level deeper, their subsections. */
const contents = (sections: readonly Section[], levels = 2): Markup =>
  html`<ol>${sections.map(
    ({ id, title, sections: parts = [] }) =>
      html`<li><a href="#${id}">${title}</a>${levels > 1 && parts.length > 0 ? contents(parts, levels - 1) : null}</li>`,
  )}</ol>`;

const sign = (shape: Markup): Markup => html`<svg class="sign" aria-hidden="true" viewBox="0 0 24 24">${shape}</svg>`;

/** Shapes that accompany the words of a verdict. Each tone has a different shape. */
const SIGNS: Record<Tone, Markup> = {
  good: sign(html`<circle cx="12" cy="12" r="10"/><path d="M7.5 12.5l3 3 6-6.5"/>`),
  warning: sign(html`<path d="M12 2.5L22.5 21h-21z"/><path d="M12 9.5v5m0 3v.01"/>`),
  bad: sign(html`<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z"/><path d="M8.5 8.5l7 7m0-7l-7 7"/>`),
  neutral: sign(html`<circle cx="12" cy="12" r="10"/><path d="M8 12h8"/>`),
};
