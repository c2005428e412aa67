import { XMLParser } from 'fast-xml-parser';

/** A mutable XML tree: enough to read and correct the answers of a query-protocol service. */
export class XmlElement {
  constructor(
    readonly name: string,
    readonly attributes: Readonly<Record<string, string>> = {},
    public children: XmlElement[] = [],
    public text = '',
  ) {}

  static leaf(name: string, text: string): XmlElement {
    return new XmlElement(name, {}, [], text);
  }

  child(name: string): XmlElement | undefined {
    return this.children.find((child) => child.name === name);
  }

  /** Text at a path of child names; empty when there is none. */
  textAt(...path: readonly string[]): string {
    return this.at(...path)?.text ?? '';
  }

  at(...path: readonly string[]): XmlElement | undefined {
    return path.reduce<XmlElement | undefined>((element, name) => element?.child(name), this);
  }

  /** The `<item>` (or otherwise named) children of a child list. */
  list(name: string, item = 'item'): readonly XmlElement[] {
    return this.child(name)?.children.filter((child) => child.name === item) ?? [];
  }

  /** Replaces or adds the child of that name. */
  put(element: XmlElement): void {
    this.remove(element.name);
    this.children.push(element);
  }

  remove(name: string): void {
    this.children = this.children.filter((child) => child.name !== name);
  }

  /** What is put into it or removed from it leaves this one as it is. */
  copy(): XmlElement {
    return new XmlElement(this.name, this.attributes, [...this.children], this.text);
  }

  toString(): string {
    const attributes = Object.entries(this.attributes)
      .map(([key, value]) => ` ${key}="${escapeXml(value)}"`)
      .join('');
    const content = escapeXml(this.text) + this.children.map((child) => child.toString()).join('');
    return content === ''
      ? `<${this.name}${attributes}/>`
      : `<${this.name}${attributes}>${content}</${this.name}>`;
  }
}

type Raw = Readonly<Record<string, unknown>>;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
});

/** @throws when the text has no root element. */
export function parseXml(text: string): XmlElement {
  const root = (parser.parse(text) as Raw[])
    .map((raw) => toElement(raw))
    .find((element) => element !== undefined);
  if (root === undefined) throw new Error('the answer is not XML');
  return root;
}

export function documentText(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root.toString()}`;
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function toElement(raw: Raw): XmlElement | undefined {
  const name = Object.keys(raw).find((key) => key !== ':@' && key !== '#text');
  if (name === undefined) return undefined;
  const content = raw[name] as Raw[];
  const children = content.map((child) => toElement(child)).filter((child) => child !== undefined);
  const text = content.map((child) => ('#text' in child ? String(child['#text']) : '')).join('');
  const attributes = (raw[':@'] ?? {}) as Record<string, string>;
  return new XmlElement(name, attributes, children, children.length === 0 ? text : '');
}
