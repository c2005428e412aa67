import { SpringtideError } from '@springtide/kernel';
import { XMLParser } from 'fast-xml-parser';

/** Names are without prefix; attribute names keep theirs, because `type` and `xsi:type` differ in meaning. */
export type XmlElement = Readonly<{
  name: string;
  attributes: Readonly<Record<string, string>>;
  text: string;
  children: readonly XmlElement[];
}>;

type ParsedNode = Readonly<Record<string, unknown>>;

const TEXT = '#text';
const CDATA = '#cdata';
const ATTRIBUTES = ':@';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // Entities are decoded below, from a fixed list: a document can neither define nor fetch any.
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  cdataPropName: CDATA,
});

/** @throws unavailable when the text is no XML document, or one with a document type, which vim25 never has. */
export function parseXml(text: string): XmlElement {
  const prolog = text.slice(0, firstElement(text));
  if (/<!DOCTYPE/i.test(prolog)) throw unreadable('it declares a document type');
  let nodes: unknown;
  try {
    nodes = parser.parse(text, true);
  } catch (cause) {
    throw unreadable(cause instanceof Error ? cause.message : String(cause));
  }
  const roots = (nodes as readonly ParsedNode[]).map(toElement).filter((root) => root !== undefined);
  const [root] = roots;
  if (root === undefined || roots.length > 1) throw unreadable('it is no document with one root');
  return root;
}

export function childrenOf(parent: XmlElement | undefined, name: string): readonly XmlElement[] {
  return parent?.children.filter((child) => child.name === name) ?? [];
}

/** The element at the end of the path of names; undefined where it is absent. */
export function childOf(parent: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  let current = parent;
  for (const name of path) current = current?.children.find((child) => child.name === name);
  return current;
}

export function textOf(parent: XmlElement | undefined, ...path: readonly string[]): string | undefined {
  return childOf(parent, ...path)?.text;
}

/** The schema type an element declares, without prefix. */
export function declaredType(subject: XmlElement): string | undefined {
  for (const [name, value] of Object.entries(subject.attributes)) {
    if (name.endsWith(':type')) return withoutPrefix(value);
  }
  return undefined;
}

function firstElement(text: string): number {
  const at = text.search(/<[A-Za-z_]/);
  return at < 0 ? text.length : at;
}

function toElement(node: ParsedNode): XmlElement | undefined {
  const name = Object.keys(node).find((key) => key !== ATTRIBUTES && key !== TEXT && key !== CDATA);
  if (name === undefined) return undefined;
  const content = node[name] as readonly ParsedNode[];
  const attributes = (node[ATTRIBUTES] ?? {}) as Readonly<Record<string, string>>;
  return {
    name: withoutPrefix(name),
    attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, decode(value)])),
    text: content.map(textIn).join(''),
    children: content.map(toElement).filter((child) => child !== undefined),
  };
}

function textIn(node: ParsedNode): string {
  if (typeof node[TEXT] === 'string') return decode(node[TEXT]);
  if (!Array.isArray(node[CDATA])) return '';
  const parts = (node[CDATA] as readonly ParsedNode[]).map((part) => part[TEXT]);
  return parts.filter((part) => typeof part === 'string').join('');
}

function withoutPrefix(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(/&(#x[0-9A-Fa-f]{1,6}|#\d{1,7}|[A-Za-z][\w.-]*);/g, (_, entity: string) => {
    if (!entity.startsWith('#')) {
      const character = NAMED[entity];
      if (character === undefined) throw unreadable(`it uses the entity &${entity};`);
      return character;
    }
    const hex = entity.startsWith('#x');
    return codePoint(Number.parseInt(entity.slice(hex ? 2 : 1), hex ? 16 : 10));
  });
}

function codePoint(value: number): string {
  if (value === 0 || value > 0x10_ff_ff) throw unreadable('it refers to a character that does not exist');
  return String.fromCodePoint(value);
}

function unreadable(why: string): SpringtideError {
  return new SpringtideError('unavailable', `the answer of the vSphere endpoint cannot be read: ${why}`, {
    nextStep: 'Check that the address is a vCenter’s /sdk and not a proxy or a login page.',
  });
}
