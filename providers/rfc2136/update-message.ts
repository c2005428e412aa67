import { isIPv4 } from 'node:net';
import { SpringtideError } from '@springtide/kernel';

const TYPE = { A: 1, SOA: 6, TXT: 16 } as const;
const CLASS = { IN: 1, NONE: 254, ANY: 255 } as const;
/** Operation 5, in the bits of the header where it stands. */
const UPDATE = 5 << 11;
const LONGEST_STRING = 255;

/** All records of a name and type. */
export type RecordSet = Readonly<{
  name: string;
  type: 'A' | 'TXT';
  ttl: number;
  contents: readonly string[];
}>;

export type Update = Readonly<{
  zone: string;
  /** The update happens only while these are exactly what the server has. */
  expected: readonly RecordSet[];
  wanted: readonly RecordSet[];
}>;

/**
 * A dynamic update (RFC 2136), unsigned. dns-packet, which reads answers here, cannot write one: records without data,
 * by which updates delete and demand, have no form in it.
 */
export function updateMessage(id: number, { zone, expected, wanted }: Update): Buffer {
  const demands = expected.flatMap((set) =>
    set.contents.length === 0
      ? [record(set.name, set.type, CLASS.NONE, 0, Buffer.alloc(0))]
      : set.contents.map((content) => record(set.name, set.type, CLASS.IN, 0, dataOf(set.type, content))),
  );
  const changes = wanted.flatMap((set) => [
    record(set.name, set.type, CLASS.ANY, 0, Buffer.alloc(0)),
    ...set.contents.map((content) =>
      record(set.name, set.type, CLASS.IN, set.ttl, dataOf(set.type, content)),
    ),
  ]);
  const header = [id, UPDATE, 1, demands.length, changes.length, 0];
  const zoneSection = Buffer.concat([nameBytes(zone), uint16(TYPE.SOA), uint16(CLASS.IN)]);
  return Buffer.concat([...header.map(uint16), zoneSection, ...demands, ...changes]);
}

/** A name as it goes over the wire and into signatures: lower case, never compressed. */
export function nameBytes(name: string): Buffer {
  const labels = name.toLowerCase().replace(/\.$/, '').split('.');
  return Buffer.concat([
    ...labels.map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label, 'ascii')])),
    Buffer.of(0),
  ]);
}

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function record(name: string, type: keyof typeof TYPE, klass: number, ttl: number, data: Buffer): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeUInt16BE(TYPE[type], 0);
  bytes.writeUInt16BE(klass, 2);
  bytes.writeUInt32BE(ttl, 4);
  bytes.writeUInt16BE(data.length, 8);
  return Buffer.concat([nameBytes(name), bytes, data]);
}

function dataOf(type: RecordSet['type'], content: string): Buffer {
  if (type === 'TXT') {
    const strings = content.match(new RegExp(`.{1,${LONGEST_STRING}}`, 'gs')) ?? [];
    return Buffer.concat(strings.map((part) => Buffer.concat([Buffer.of(part.length), Buffer.from(part)])));
  }
  if (isIPv4(content)) return Buffer.from(content.split('.').map(Number));
  throw new SpringtideError('internal', `${content} is no IPv4 address; nothing was sent`, {
    effect: 'none',
  });
}
