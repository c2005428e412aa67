import { BlockList, isIP, isIPv6 } from 'node:net';
import { SpringtideError } from '@springtide/kernel';

/** Set by the operator of the installation, never by a tenant. */
export type EndpointPolicy = Readonly<{
  /** Exact `host:port` pairs that may be reached whatever they resolve to, also without TLS. Default none. */
  openHostPorts: readonly string[];
  /** Private ranges (CIDR) in which clouds of this installation live. Default none. */
  privateRanges: readonly string[];
}>;

export type Target = Readonly<{ protocol: 'http:' | 'https:' | 'tcp:'; host: string; port: number }>;

type Family = 'ipv4' | 'ipv6';

const NEVER: readonly (readonly [string, readonly string[]])[] = [
  ['a cloud metadata address', ['169.254.169.254/32', '100.100.100.200/32', 'fd00:ec2::254/128']],
  ['a loopback address', ['127.0.0.0/8', '::1/128']],
  ['a link-local address', ['169.254.0.0/16', 'fe80::/10']],
  ['an unspecified address', ['0.0.0.0/8', '::/128']],
  ['a multicast or broadcast address', ['224.0.0.0/4', '255.255.255.255/32', 'ff00::/8']],
  [
    'a reserved address',
    ['240.0.0.0/4', '192.0.0.0/24', '192.0.2.0/24', '198.18.0.0/15', '198.51.100.0/24'].concat([
      '203.0.113.0/24',
      '100::/64',
      '2001:db8::/32',
      'fec0::/10',
      '5f00::/16',
    ]),
  ],
];

const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];

const never = NEVER.map(([name, ranges]) => ({ name, list: rangeList(ranges) }));
const privateList = rangeList(PRIVATE);

/** @throws invalid-argument for what is no usable address of an endpoint. */
export function parseTarget(url: string): Target {
  const parsed = URL.parse(url);
  // `tcp:` is a control port without TLS, such as a proxy's: like http it passes only as an exact pair of the operator.
  if (parsed?.protocol === 'tcp:' && parsed.port !== '') {
    return { protocol: 'tcp:', host: plainHost(parsed.hostname), port: Number(parsed.port) };
  }
  if (!parsed || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) {
    throw new SpringtideError(
      'invalid-argument',
      'an endpoint must be an https:// address; nothing was sent',
    );
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new SpringtideError(
      'invalid-argument',
      'an endpoint must not carry a user name or password in its address; nothing was sent',
      { nextStep: 'Enter them in the fields of the secret.' },
    );
  }
  const port = parsed.port === '' ? (parsed.protocol === 'https:' ? 443 : 80) : Number(parsed.port);
  return { protocol: parsed.protocol, host: plainHost(parsed.hostname), port };
}

/** Lower case, without the brackets of IPv6 and without the dot of a fully qualified name. */
export function plainHost(host: string): string {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  const plain = bare.toLowerCase();
  return plain.endsWith('.') ? plain.slice(0, -1) : plain;
}

export function isOpen(policy: EndpointPolicy, target: Target): boolean {
  const pair = isIPv6(target.host) ? `[${target.host}]:${target.port}` : `${target.host}:${target.port}`;
  return policy.openHostPorts.includes(pair);
}

/** The rule that forbids connecting to this address, in words; undefined when none does. */
export function forbids(policy: EndpointPolicy, target: Target, address: string): string | undefined {
  if (isOpen(policy, target)) return undefined;
  if (target.protocol !== 'https:')
    return 'only https is allowed, unless the operator opened exactly this host:port';
  for (const candidate of [address, ...embedded(address)]) {
    const why = forbiddenRange(policy, candidate);
    if (why !== undefined) return why;
  }
  return undefined;
}

function forbiddenRange(policy: EndpointPolicy, address: string): string | undefined {
  const family = familyOf(address);
  if (family === undefined) return 'it has no usable address';
  const found = never.find(({ list }) => list.check(address, family));
  if (found) return `it is ${found.name}`;
  if (!privateList.check(address, family)) return undefined;
  if (rangeList(policy.privateRanges).check(address, family)) return undefined;
  return 'it is a private address outside the ranges the operator allows';
}

/** IPv4 addresses that an IPv6 address stands for: mapped, compatible, NAT64 and 6to4. */
function embedded(address: string): readonly string[] {
  if (!isIPv6(address)) return [];
  const groups = expand(address);
  const quad = (high: number, low: number): string => [high >> 8, high & 255, low >> 8, low & 255].join('.');
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups;
  const zeros = a === 0 && b === 0 && c === 0 && d === 0;
  if (zeros && e === 0 && (f === 0xff_ff || f === 0) && (g !== 0 || h > 1)) return [quad(g, h)];
  if (zeros && e === 0xff_ff && f === 0) return [quad(g, h)];
  if (a === 0x64 && b === 0xff_9b) return [quad(g, h)];
  if (a === 0x20_02) return [quad(b, c)];
  return [];
}

function expand(address: string): readonly number[] {
  const plain = address.split('%')[0] ?? '';
  const dotted = plain.replace(
    /(\d+)\.(\d+)\.(\d+)\.(\d+)$/,
    (_, w: string, x: string, y: string, z: string) => {
      const hex = (high: string, low: string): string => (Number(high) * 256 + Number(low)).toString(16);
      return `${hex(w, x)}:${hex(y, z)}`;
    },
  );
  const [left = '', right] = dotted.split('::');
  const parse = (part: string): number[] =>
    part
      .split(':')
      .filter(Boolean)
      .map((text) => parseInt(text, 16));
  const [head, tail] = [parse(left), right === undefined ? [] : parse(right)];
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

function familyOf(address: string): Family | undefined {
  return ({ 4: 'ipv4', 6: 'ipv6' } as const)[isIP(address.split('%')[0] ?? '') as 4 | 6];
}

function rangeList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits = ''] = range.split('/');
    const family = familyOf(network);
    if (family === undefined || bits === '') {
      throw new SpringtideError('invalid-argument', `"${range}" is no address range such as 10.0.0.0/8`);
    }
    list.addSubnet(network, Number(bits), family);
  }
  return list;
}
