/** Creates docs/reference/api.md from the docstrings of all exports of the entry points. */
import path from 'node:path';
import {
  type Declaration,
  type EcmaScriptModule,
  parseSync,
  type Statement,
  type StaticExportEntry,
  type VariableDeclarator,
} from 'oxc-parser';

/** A module that users of load-suite import: the name to import, and the path of the source file. */
export interface EntryPoint {
  name: string;
  file: string;
}

/** A function that returns the text of a source file. The path is relative to the root of the repository. */
type Read = (file: string) => string;

interface Entry {
  name: string;
  signature: string;
  docstring: string;
}

interface Section {
  title: string;
  entries: Entry[];
}

/**
 * Returns the whole API page in Markdown.
 * @throws Error that lists every export without a docstring or a type annotation
 */
export function apiPage(entryPoints: readonly EntryPoint[], read: Read): string {
  const parts = entryPoints.map(({ name, file }) => ({ name, ...sectionsOf(file, read) }));
  return `${[
    '# API',
    'Generated from the docstrings in `lib/` by `npm run docs`.',
    ...parts.flatMap(({ name, about, sections }) => [
      `## ${name}`,
      about,
      ...sections.flatMap(({ title, entries }) => [`### ${title}`, ...entries.map(entryMarkdown)]),
    ]),
  ].join('\n\n')}\n`;
}

/** Returns the sections of the API page for an entry point. Each line comment (`//`) in the file starts a section. */
function sectionsOf(file: string, read: Read): { about: string; sections: Section[] } {
  const source = read(file);
  const { program, comments, module } = parseSync(file, source);
  const [about] = comments;
  const titles = comments.filter(({ type }) => type === 'Line');
  const problems: string[] = [];
  const entryOf = (name: string, from: string): Entry[] => {
    try {
      return [findEntry(name, from, read)];
    } catch (error) {
      problems.push((error as Error).message);
      return [];
    }
  };
  const sections = titles.map(({ value, end }, i) => {
    const next = titles[i + 1]?.start ?? program.end;
    const exported = module.staticExports.filter(({ start }) => start > end && start < next);
    return {
      title: value.trim(),
      entries: exported
        .flatMap(({ entries }) => entries)
        .flatMap(({ exportName, moduleRequest }) =>
          entryOf(exportName.name ?? '', moduleRequest ? resolved(file, moduleRequest.value) : file),
        ),
    };
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return { about: about ? textOf(about.value) : '', sections };
}

const resolved = (from: string, to: string) => path.posix.join(path.posix.dirname(from), to);

/** Finds the declaration of an exported name, and follows re-exports from other modules. */
function findEntry(name: string, file: string, read: Read): Entry {
  const source = read(file);
  const { program, comments, module } = parseSync(file, source);
  const entry = exportOf(name, file, module, read);
  if (!entry) throw new Error(`${file} does not export ${name}.`);
  if (entry.moduleRequest)
    return findEntry(entry.importName.name ?? name, resolved(file, entry.moduleRequest.value), read);

  const statement = program.body.find(({ start, end }) => start <= entry.start && entry.end <= end);
  const comment = comments.find(
    ({ value, end }) =>
      value.startsWith('*') && statement && end < statement.start && /^\s*$/.test(source.slice(end, statement.start)),
  );
  if (!comment) throw new Error(`${file} exports ${name}, which has no docstring.`);
  const signature = signatureOf(statement, source);
  if (signature === undefined) throw new Error(`${file} exports ${name} without a type annotation.`);
  return { name, signature, docstring: comment.value };
}

/** Finds the export statement for a name: a named export, or an `export *` from a module that exports the name. */
function exportOf(name: string, file: string, module: EcmaScriptModule, read: Read): StaticExportEntry | undefined {
  return module.staticExports
    .flatMap(({ entries }) => entries)
    .find(({ exportName, moduleRequest }) => {
      if (exportName.kind !== 'None' || !moduleRequest) return exportName.name === name;
      const source = resolved(file, moduleRequest.value);
      return exportOf(name, source, parseSync(source, read(source)).module, read) !== undefined;
    });
}

/** Returns the source text of a declaration without the function body or the value. */
function signatureOf(statement: Statement | undefined, source: string): string | undefined {
  const declaration: Declaration | null | undefined =
    statement?.type === 'ExportNamedDeclaration' ? statement.declaration : undefined;
  switch (declaration?.type) {
    case 'FunctionDeclaration':
      return declaration.returnType ? source.slice(declaration.start, declaration.returnType.end) : undefined;
    case 'VariableDeclaration':
      return typeOfConstant(declaration.declarations[0], source);
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return source.slice(declaration.start, declaration.end);
    default:
      return undefined;
  }
}

function typeOfConstant(declarator: VariableDeclarator | undefined, source: string): string | undefined {
  if (declarator?.id.type !== 'Identifier') return undefined;
  const { id, init } = declarator;
  if (id.typeAnnotation) return `const ${source.slice(id.start, id.end)}`;
  if (init?.type !== 'ArrowFunctionExpression' || !init.returnType) return undefined;
  return `function ${id.name}${source.slice(init.start, init.returnType.end)}`;
}

function entryMarkdown({ name, signature, docstring }: Entry): string {
  return [`#### ${name}`, `\`\`\`ts\n${signature}\n\`\`\``, docstringMarkdown(docstring)].join('\n\n');
}

/** Returns the text of a block comment without the asterisks. */
const textOf = (comment: string) =>
  comment
    .replace(/^\*/, '')
    .replace(/^\s*\* ?/gm, '')
    .trim();

const TAGS: Record<string, (text: string) => string> = {
  param: (text) => text.replace(/^(\S+)\s*/, (_, name: string) => `- \`${name}\`: `),
  returns: (text) => `- Returns ${text}`,
  throws: (text) => text.replace(/^(\S+)\s*/, (_, error: string) => `- Throws \`${error}\` `),
};

/** Returns a docstring in Markdown, with the tags, such as `@param`, as a list. */
function docstringMarkdown(docstring: string): string {
  const [about = '', ...tags] = textOf(docstring).split(/^@(?=param|returns|throws)/m);
  const list = tags.map((tag) => {
    const [, kind = '', text = ''] = /^(\w+)\s+([\s\S]*)$/.exec(tag.trim()) ?? [];
    return TAGS[kind]?.(text.replace(/\s+/g, ' '));
  });
  return [about.trim().replace(/\{@link (\w+)\}/g, '`$1`'), list.join('\n')].filter((part) => part !== '').join('\n\n');
}
