import type { RouteBody } from '@springtide/contracts';

type Served = Pick<RouteBody, 'name' | 'entrance' | 'home' | 'release'>;

/** The route whose entrance, or one of whose standing machines, is behind an address: customers would wait for its load. */
export function routeInService(url: string, routes: readonly Served[]): string | undefined {
  const asked = hostAndPort(url);
  return routes.find(({ entrance, home, release }) => {
    const members = [...home, ...release.groups.flatMap((group) => group.members)];
    const known = members.map(({ address, port }) => hostAndPort(`http://${bracketed(address)}:${port}`));
    return asked !== undefined && [hostAndPort(entrance ?? ''), ...known].includes(asked);
  })?.name;
}

/** Undefined for what is no address. An entrance may come as a URL, or as host and port alone. */
function hostAndPort(text: string): string | undefined {
  const whole = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (!URL.canParse(whole)) return undefined;
  const { protocol, hostname, port } = new URL(whole);
  const usual = protocol === 'https:' ? '443' : '80';
  return `${hostname}:${port === '' ? usual : port}`;
}

function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}
