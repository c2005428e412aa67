import { forbids, parseTarget, type EndpointPolicy } from './endpoint-policy.js';

const closed: EndpointPolicy = { openHostPorts: [], privateRanges: [] };

/** As the gate does for an address literal: what the URL parser makes of it is what is judged. */
function judge(url: string, policy = closed): string | undefined {
  const target = parseTarget(url);
  return forbids(policy, target, target.host);
}

describe('always denied', () => {
  const spellings: readonly (readonly [string, RegExp])[] = [
    ['https://127.0.0.1', /loopback/],
    ['https://127.1', /loopback/],
    ['https://2130706433', /loopback/],
    ['https://017700000001', /loopback/],
    ['https://0x7f.0.0.1', /loopback/],
    ['https://0177.0.0.01', /loopback/],
    ['https://127.0.0.1.', /loopback/],
    ['https://①②⑦.⓪.⓪.①', /loopback/],
    ['https://[::1]', /loopback/],
    ['https://[0:0:0:0:0:0:0:1]', /loopback/],
    ['https://[::ffff:127.0.0.1]', /loopback/],
    ['https://[::ffff:7f00:1]', /loopback/],
    ['https://[::127.0.0.1]', /loopback/],
    ['https://[::ffff:0:127.0.0.1]', /loopback/],
    ['https://[64:ff9b::7f00:1]', /loopback/],
    ['https://[2002:7f00:1::]', /loopback/],
    ['https://169.254.169.254', /metadata/],
    ['https://2852039166', /metadata/],
    ['https://[::ffff:a9fe:a9fe]', /metadata/],
    ['https://100.100.100.200', /metadata/],
    ['https://[fd00:ec2::254]', /metadata/],
    ['https://169.254.1.1', /link-local/],
    ['https://[fe80::1]', /link-local/],
    ['https://0.0.0.0', /unspecified/],
    ['https://0', /unspecified/],
    ['https://[::]', /unspecified/],
    ['https://224.0.0.1', /multicast/],
    ['https://[ff02::1]', /multicast/],
    ['https://255.255.255.255', /multicast/],
    ['https://192.0.2.1', /reserved/],
  ];
  it.each(spellings)('%s', (url, rule) => {
    expect(judge(url)).toMatch(rule);
    // A range that the operator allows for private clouds opens none of them.
    const wide = { openHostPorts: [], privateRanges: ['0.0.0.0/0', '::/0'] };
    expect(judge(url, wide)).toMatch(rule);
  });
});

describe('private clouds', () => {
  const lab: EndpointPolicy = { openHostPorts: [], privateRanges: ['10.20.0.0/16', 'fd12:3456::/32'] };
  it.each([
    ['https://10.20.3.4', undefined],
    ['https://[::ffff:10.20.3.4]', undefined],
    ['https://[fd12:3456::7]', undefined],
    ['https://10.21.0.1', /private/],
    ['https://192.168.1.1', /private/],
    ['https://172.31.255.255', /private/],
    ['https://100.64.0.1', /private/],
    ['https://[fc00::1]', /private/],
    ['https://[2002:a00:1::]', /private/],
  ])('%s', (url, rule) => {
    if (rule === undefined) expect(judge(url, lab)).toBeUndefined();
    else expect(judge(url, lab)).toMatch(rule);
  });
});

describe('public clouds', () => {
  it.each(['https://52.94.133.131', 'https://[2600:1f18::1]', 'https://8.8.8.8:8443'])('%s', (url) => {
    expect(judge(url)).toBeUndefined();
  });
  it('only by https', () => {
    expect(judge('http://8.8.8.8')).toMatch(/https/);
    expect(judge('tcp://8.8.8.8:9999')).toMatch(/https/);
  });
});

describe('what the operator opened', () => {
  const open: EndpointPolicy = {
    openHostPorts: ['127.0.0.1:5000', 'localhost:8989', '[::1]:7000'],
    privateRanges: [],
  };
  it.each(['http://127.0.0.1:5000', 'http://127.1:5000', 'https://127.0.0.1.:5000/x', 'http://[::1]:7000'])(
    'is reached: %s',
    (url) => {
      expect(judge(url, open)).toBeUndefined();
    },
  );
  it.each(['http://127.0.0.1:5001', 'https://127.0.0.2:5000', 'https://[::ffff:127.0.0.1]:5000'])(
    'is an exact pair: %s',
    (url) => {
      expect(judge(url, open)).toBeDefined();
    },
  );
  it('by name, whatever the name resolves to', () => {
    expect(forbids(open, parseTarget('http://LOCALHOST.:8989'), '127.0.0.1')).toBeUndefined();
    expect(forbids(open, parseTarget('http://localhost:8990'), '127.0.0.1')).toBeDefined();
  });
});

describe('no endpoint at all', () => {
  it.each([
    'ftp://8.8.8.8',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'gopher://8.8.8.8',
    'https://',
    '8.8.8.8',
    '',
    'https://user@8.8.8.8',
    'https://8.8.8.8@127.0.0.1',
    'https://a:b@8.8.8.8',
  ])('%s', (url) => {
    expect(() => parseTarget(url)).toThrow(/endpoint must/);
  });
});
