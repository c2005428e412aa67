import { SpringtideError } from '@springtide/kernel';

/** Text that is XML already: only this file makes it, so nothing reaches the wire unescaped. */
export class XmlFragment {
  readonly xml: string;

  private constructor(xml: string) {
    this.xml = xml;
  }

  static of(
    name: string,
    content: XmlContent,
    attributes: Readonly<Record<string, string>> = {},
  ): XmlFragment {
    const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
    return new XmlFragment(`<${name}${pairs.join('')}>${render(content)}</${name}>`);
  }
}

export type XmlContent = string | number | boolean | XmlFragment | undefined | readonly XmlContent[];

/** Attribute order and child order are kept: vim25 is a schema of sequences. */
export function element(
  name: string,
  content?: XmlContent,
  attributes?: Readonly<Record<string, string>>,
): XmlFragment {
  return XmlFragment.of(name, content, attributes);
}

/** A value whose type the schema leaves open carries it as xsi:type. */
export function typed(name: string, type: string, content: XmlContent): XmlFragment {
  return XmlFragment.of(name, content, { 'xsi:type': type });
}

function render(content: XmlContent): string {
  if (content === undefined) return '';
  if (content instanceof XmlFragment) return content.xml;
  if (typeof content === 'object') return content.map(render).join('');
  return escapeXml(String(content));
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

function escapeXml(text: string): string {
  if (/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(text)) {
    throw new SpringtideError(
      'invalid-argument',
      'a text for vSphere holds characters that XML cannot carry; nothing was sent',
    );
  }
  return text.replaceAll(/[&<>"'\n\r\t]/g, (character) => ESCAPES[character] ?? character);
}
