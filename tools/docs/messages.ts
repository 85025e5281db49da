/**
 * Creates docs/reference/messages.md, which lists every error message that ends a command. Finds the messages in the
 * source code by the class of the error.
 */
import path from 'node:path';
import {
  type Argument,
  type ArrowFunctionExpression,
  type Expression,
  type Function as FunctionNode,
  type Node,
  parseSync,
  Visitor,
} from 'oxc-parser';
import { EXIT, PROBLEMS, type ProblemCode } from '../../cli/support/problem.ts';
import { table } from './markdown.ts';

interface Message {
  text: string;
  section: string;
  file: string;
}

/**
 * Maps error classes whose messages users see to a section of the page. With null, the second argument of the
 * constructor names the section.
 */
const CLASSES: Record<string, string | null> = {
  Problem: null,
  LaunchError: 'LAUNCHER',
  InvalidArgumentError: 'OPTION',
  VariableError: 'USAGE',
  RangeError: 'DEFINITION',
};

const SECTIONS: Record<string, { exitCode: number; when: string }> = {
  ...PROBLEMS,
  OPTION: {
    exitCode: EXIT.usage,
    when: 'an option or argument has a wrong value; the message follows the name of the option',
  },
  DEFINITION: { exitCode: EXIT.usage, when: 'a test is defined in a way that cannot work' },
  LAUNCHER: { exitCode: EXIT.usage, when: 'Node or the dependencies are missing and cannot be installed' },
};

/**
 * Returns the whole page in Markdown. @param files paths of the source files, relative to the root of the repository
 */
export function messagesPage(files: readonly string[], read: (file: string) => string): string {
  const bySection = Object.groupBy(
    files.flatMap((file) => messagesIn(file, read(file))),
    ({ section }) => section,
  );
  const sections = Object.entries(SECTIONS).flatMap(([name, { exitCode, when }]) => {
    const rows = bySection[name]?.map(({ text, file }) => [
      text.replaceAll('<', '&lt;'),
      `[${path.basename(file)}](../../${file})`,
    ]);
    if (!rows) return [];
    return [`## ${name}: exit code ${exitCode}`, `Used when ${when}.`, table(['Message', 'Source'], rows)];
  });
  return `${[
    '# Messages',
    'Every message that ends a command, by its exit code. `{name}` stands for a value. ' +
      'Generated from the source by `npm run docs`. [Exit codes](exit-codes.md) explains the codes of verdicts.',
    ...sections,
  ].join('\n\n')}\n`;
}

type Callable = FunctionNode | ArrowFunctionExpression;

/** The declarations of a source file by name: the initial values of variables, and the functions. */
interface Declarations {
  values: Map<string, Expression>;
  functions: Map<string, Callable>;
}

export function messagesIn(file: string, source: string): Message[] {
  const { program } = parseSync(file, source);
  const declarations: Declarations = { values: new Map(), functions: new Map() };
  const calls: { name: string; args: Argument[] }[] = [];
  new Visitor({
    VariableDeclarator({ id, init }) {
      if (id.type !== 'Identifier' || !init) return;
      if (init.type === 'ArrowFunctionExpression') declarations.functions.set(id.name, init);
      else declarations.values.set(id.name, init);
    },
    FunctionDeclaration(node) {
      if (node.id) declarations.functions.set(node.id.name, node);
    },
    NewExpression({ callee, arguments: args }) {
      if (callee.type === 'Identifier') calls.push({ name: callee.name, args });
    },
    CallExpression({ callee, arguments: args }) {
      if (callee.type === 'Identifier') calls.push({ name: callee.name, args });
    },
  }).visit(program);

  return calls.flatMap(({ name, args }) => {
    const wrapper = wrappedClass(declarations.functions.get(name));
    const section = wrapper ?? (name in CLASSES ? (CLASSES[name] ?? codeIn(args[1])) : undefined);
    const [message] = args;
    if (section === undefined || !message) return [];
    return textsOf(message, declarations)
      .map((text) => text.replace(/\s+/g, ' ').trim())
      .filter(isSentence)
      .map((text) => ({ text, section, file }));
  });
}

/** Returns whether a text contains at least two words in addition to placeholders. */
const isSentence = (text: string) => (text.replaceAll(/\{[^}]*\}/g, '').match(/[a-z]{2,}/gi)?.length ?? 0) > 1;

const codeIn = (argument: Argument | undefined): ProblemCode =>
  argument?.type === 'Literal' ? (argument.value as ProblemCode) : 'USAGE';

/**
 * Returns the section of the messages that a wrapper such as `(message) => new Problem(message, 'CODE')` creates;
 * undefined if the function is not such a wrapper.
 */
function wrappedClass(node: Callable | undefined): string | undefined {
  const made = node?.body;
  if (made?.type !== 'NewExpression' || made.callee.type !== 'Identifier') return undefined;
  const [message, problemCode] = made.arguments;
  return made.callee.name in CLASSES && message?.type === 'Identifier' ? codeIn(problemCode) : undefined;
}

/** Returns every text that an expression can evaluate to. Values that are known only at run time appear as `{name}`. */
function textsOf(node: Node, declarations: Declarations): string[] {
  const texts = (part: Node) => textsOf(part, declarations);
  const text = (part: Node) => [...new Set(texts(part))].join(' or ');
  switch (node.type) {
    case 'Literal':
      return [String(node.value)];
    case 'TemplateLiteral':
      return [
        node.quasis
          .flatMap(({ value }, i) => [value.cooked, node.expressions[i]])
          .map((part) => (typeof part === 'object' && part ? text(part) : (part ?? '')))
          .join(''),
      ];
    case 'BinaryExpression':
      if (node.operator === '+') return [text(node.left) + text(node.right)];
      return node.operator === '/' ? [quotient(text(node.left), text(node.right))] : ['{…}'];
    case 'ConditionalExpression':
      return [...texts(node.consequent), ...texts(node.alternate)].filter((text) => text !== '');
    case 'LogicalExpression':
      return texts(node.operator === '&&' ? node.right : node.left);
    case 'ArrayExpression':
      return [node.elements.map((element) => (element ? text(element) : '')).join(' ')];
    case 'SpreadElement':
      return texts(node.argument);
    case 'AwaitExpression':
      return texts(node.argument);
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSNonNullExpression':
      return texts(node.expression);
    case 'Identifier': {
      const value = declarations.values.get(node.name);
      const known = value?.type === 'Literal' || value?.type === 'TemplateLiteral';
      return known ? textsOf(value, declarations) : [`{${node.name}}`];
    }
    case 'MemberExpression':
      return ['name' in node.property ? `{${node.property.name}}` : '{…}'];
    case 'CallExpression':
      return calledTexts(node.callee, node.arguments, declarations);
    default:
      return ['{…}'];
  }
}

/** Returns the value of a division of known numbers, such as `TIMEOUT_MS / 1000`; `{…}` if a number is unknown. */
function quotient(left: string, right: string): string {
  const value = Number(left) / Number(right);
  return Number.isFinite(value) ? String(value) : '{…}';
}

/**
 * Returns the texts that a call can return: `list.join()`, `list.map(toText)`, or a function of the same file. For
 * other calls, returns the name of the function as a placeholder.
 */
function calledTexts(callee: Expression, args: readonly Argument[], declarations: Declarations): string[] {
  if (callee.type === 'MemberExpression' && callee.property.type === 'Identifier') {
    const [each] = args;
    if (['map', 'flatMap'].includes(callee.property.name) && each?.type === 'ArrowFunctionExpression')
      return returnedTexts(each, declarations);
    return textsOf(callee.object, declarations);
  }
  if (callee.type !== 'Identifier') return ['{…}'];
  const called = declarations.functions.get(callee.name);
  const texts = called ? returnedTexts(called, declarations) : [];
  return texts.length > 0 ? texts : [`{${callee.name.replace(/Of$/, '')}}`];
}

function returnedTexts({ body }: Callable, declarations: Declarations): string[] {
  if (!body) return [];
  if (body.type !== 'BlockStatement') return textsOf(body, declarations);
  return body.body.flatMap((statement) => {
    if (statement.type === 'ReturnStatement' && statement.argument) return textsOf(statement.argument, declarations);
    if (statement.type === 'IfStatement' && statement.consequent.type === 'ReturnStatement')
      return statement.consequent.argument ? textsOf(statement.consequent.argument, declarations) : [];
    return [];
  });
}
