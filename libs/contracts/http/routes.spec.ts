import { PERMISSIONS } from '../permission.js';
import { routes, type RouteSpec } from './index.js';

const table: readonly RouteSpec[] = Object.values(routes);

describe('route table', () => {
  it('has unique ids and unique method and path', () => {
    const ids = table.map((route) => route.id);
    expect(new Set(ids).size).toBe(ids.length);
    const addresses = table.map((route) => `${route.method} ${route.path}`);
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it.each(table.map((route) => [route.id, route] as const))('%s is declared completely', (_id, route) => {
    expect([...PERMISSIONS, 'public', 'signed-in']).toContain(route.permission);
    const named = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    expect(Object.keys(route.params?.shape ?? {})).toEqual(named);
    // Without a login there is nobody whose key could be kept.
    expect(route.idempotent !== undefined).toBe(route.method === 'POST' && route.permission !== 'public');
    expect(route.status === 204).toBe(!route.response && !route.textResponse);
    expect(route.body !== undefined && route.textBody !== undefined).toBe(false);
  });
});
