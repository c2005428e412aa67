import { SpringtideError } from '@springtide/kernel';
import fc from 'fast-check';
import { childOf, childrenOf, declaredType, parseXml, textOf } from './xml-reader.js';
import { element, typed } from './xml-writer.js';

describe('the XML writer', () => {
  it('escapes text and attributes, and keeps the order of children', () => {
    const xml = element('a', [element('b', `<&>"'`), element('c', [true, 7]), undefined], { k: '"<\n' }).xml;
    expect(xml).toBe('<a k="&quot;&lt;&#10;"><b>&lt;&amp;&gt;&quot;&apos;</b><c>true7</c></a>');
  });

  it('cannot be talked into another element', () => {
    const xml = element('name', '</name><password>stolen</password>').xml;
    expect(parseXml(xml).children).toEqual([]);
  });

  it('refuses characters that XML cannot carry, before anything is sent', () => {
    for (const text of ['\u0000', '\u0007', '\uFFFE', '\uD800']) {
      expect(() => element('a', text)).toThrow(SpringtideError);
    }
  });

  it('says the type of a value whose type is open', () => {
    expect(typed('value', 'xsd:string', 'x').xml).toBe('<value xsi:type="xsd:string">x</value>');
  });

  it('is read back as it was written, whatever the text', () => {
    const text = fc
      .string({ unit: 'grapheme' })
      .filter((value) => !/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(value));
    fc.assert(
      fc.property(text, text, (content, attribute) => {
        const read = parseXml(element('a', content, { k: attribute }).xml);
        expect([read.text, read.attributes['k']]).toEqual([content, attribute]);
      }),
    );
  });
});

describe('the XML reader', () => {
  it('drops prefixes of names and keeps the two meanings of type apart', () => {
    const val = parseXml(
      '<s:val xmlns:xsi="x" type="HostSystem" xsi:type="vim25:ManagedObjectReference">host-21</s:val>',
    );
    expect([val.name, val.attributes['type'], declaredType(val), val.text]).toEqual([
      'val',
      'HostSystem',
      'ManagedObjectReference',
      'host-21',
    ]);
  });

  it('finds by path, and nothing where the path ends early', () => {
    const root = parseXml('<a><b><c>1</c></b><b><c>2</c></b></a>');
    expect(textOf(root, 'b', 'c')).toBe('1');
    expect(childrenOf(root, 'b').map((b) => textOf(b, 'c'))).toEqual(['1', '2']);
    expect(childOf(root, 'x', 'c')).toBeUndefined();
  });

  it('keeps numbers, white space and empty texts as they came', () => {
    expect(textOf(parseXml('<a><b>007</b></a>'), 'b')).toBe('007');
    expect(textOf(parseXml('<a><b> x </b></a>'), 'b')).toBe(' x ');
    expect(textOf(parseXml('<a><b/></a>'), 'b')).toBe('');
  });

  it('decodes the five names, numbers and CDATA', () => {
    expect(parseXml('<a>&lt;&#10;&#x5E97;&amp;lt;<![CDATA[&lt;]]></a>').text).toBe('<\n店&lt;&lt;');
  });

  it.each([
    ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', 'document type'],
    ['<a>&x;</a>', 'entity &x;'],
    ['<a>&#0;</a>', 'does not exist'],
    ['<a>&#x110000;</a>', 'does not exist'],
    ['<a><b></a>', 'cannot be read'],
    ['', 'cannot be read'],
    ['plain words', 'cannot be read'],
  ])('refuses %s', (text, why) => {
    expect(() => parseXml(text)).toThrow(why);
  });
});
