import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../tools/lane.js';

export type ParameterType =
  'string' | 'integer' | 'boolean' | 'number' | 'list' | 'array' | 'struct' | 'json';

export type ParameterSpec = Readonly<{
  name: string;
  type: ParameterType;
  required: boolean;
  /** Members of a list's elements or of a structure; absent: of plain values, or not published. */
  members?: readonly ParameterSpec[];
}>;

export type ActionSpec = Readonly<{
  product: string;
  action: string;
  parameters: ReadonlyMap<string, ParameterSpec>;
  /** For actions that are called by path: methods and pattern, as `/clusters/[ClusterId]`. */
  route?: Readonly<{ methods: readonly string[]; pattern: string }>;
}>;

export type ActionMetadata = Readonly<{
  /** Product by API version: a version names one product here. */
  productOf: ReadonlyMap<string, string>;
  /** By `product:Action`. */
  actions: ReadonlyMap<string, ActionSpec>;
}>;

const TYPES: Readonly<Record<string, ParameterType>> = {
  I: 'integer',
  G: 'integer',
  B: 'boolean',
  F: 'number',
  L: 'list',
  A: 'array',
  S: 'struct',
  J: 'json',
};

let loaded: ActionMetadata | undefined;

/**
 * The vendor's published parameters, out of parameters.txt. A line is an action: `Name METHOD /path : parameters`, a
 * parameter is `Name:Type{members}!`, `!` for required, no type for a string; `= product version` begins a product.
 */
export function actionMetadata(): ActionMetadata {
  loaded ??= parseMetadata(
    readFileSync(join(projectRoot(), 'test', 'yard', 'alibaba', 'metadata', 'parameters.txt'), 'utf8'),
  );
  return loaded;
}

function parseMetadata(text: string): ActionMetadata {
  const productOf = new Map<string, string>();
  const actions = new Map<string, ActionSpec>();
  let product = '';
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('= ')) {
      const [, name = '', version = ''] = line.split(' ');
      product = name;
      productOf.set(version, name);
      continue;
    }
    const spec = parseAction(product, line);
    actions.set(`${product}:${spec.action}`, spec);
  }
  return { productOf, actions };
}

function parseAction(product: string, line: string): ActionSpec {
  const [head = '', rest = ''] = line.split(/ : ?/, 2);
  const [action = '', methods, pattern] = head.split(' ');
  const parameters = new Map(parseMembers(rest).map((spec) => [spec.name, spec]));
  return {
    product,
    action,
    parameters,
    ...(methods === undefined || pattern === undefined
      ? {}
      : { route: { methods: methods.split('|'), pattern } }),
  };
}

function parseMembers(text: string): ParameterSpec[] {
  const specs: ParameterSpec[] = [];
  let at = 0;
  while (at < text.length) {
    const [token, end] = nextToken(text, at);
    if (token !== '') specs.push(parseParameter(token));
    at = end + 1;
  }
  return specs;
}

/** Up to the next blank that is not inside braces. */
function nextToken(text: string, from: number): readonly [string, number] {
  let depth = 0;
  let at = from;
  for (; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '{') depth += 1;
    else if (letter === '}') depth -= 1;
    else if (letter === ' ' && depth === 0) break;
  }
  return [text.slice(from, at), at];
}

function parseParameter(token: string): ParameterSpec {
  const required = token.endsWith('!');
  const plain = required ? token.slice(0, -1) : token;
  const brace = plain.indexOf('{');
  const head = brace < 0 ? plain : plain.slice(0, brace);
  const [name = '', type] = head.split(':');
  return {
    name,
    type: type === undefined ? 'string' : (TYPES[type] ?? 'string'),
    required,
    ...(brace < 0 ? {} : { members: parseMembers(plain.slice(brace + 1, -1)) }),
  };
}
