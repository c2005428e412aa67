import type { AccountBody } from '@springtide/contracts';
import {
  carriers,
  entrancesOf,
  faultsIn,
  inputOf,
  namesIn,
  NEW_ENTRANCE,
  NEW_MEMBER,
} from './entrance-draft.js';
import { stateOf } from './entrance-state.js';

const member = { id: 'web-1', address: ' 10.1.0.11 ', port: ' 8080 ', machineType: 'rack.8' };
const draft = { ...NEW_ENTRANCE, name: 'shop', accountId: 'a', service: ' shop ', home: [member] };

describe('an entrance that is entered', () => {
  it('is sent without the spaces around it', () => {
    expect(faultsIn(draft).size).toBe(0);
    expect(inputOf(draft)).toEqual({
      ...{ name: 'shop', accountId: 'a', service: 'shop', healthPath: '/healthz' },
      home: [{ id: 'web-1', address: '10.1.0.11', port: 8080, machineType: 'rack.8' }],
    });
  });

  it('lacks what is empty, is no port, or is there twice', () => {
    const home = [member, { ...member, port: '70000' }, NEW_MEMBER];
    expect(Object.fromEntries(faultsIn({ ...draft, service: '', home }))).toEqual({
      service: 'missing',
      ...{ 'home.1.id': 'twice', 'home.1.port': 'port' },
      ...{ 'home.2.id': 'missing', 'home.2.address': 'missing', 'home.2.machineType': 'missing' },
    });
    expect(namesIn({ ...draft, home })).toContain('home.2.port');
  });

  it('may be without machines of its own', () => {
    expect(faultsIn({ ...draft, home: [] }).size).toBe(0);
  });
});

describe('accounts', () => {
  it('carry entrances when their settings name any, whatever product they are of', () => {
    const account = (settings: AccountBody['settings']) => ({ settings }) as AccountBody;
    const able = account({ routes: { shop: {}, pay: {} } });
    expect(carriers([able, account({}), account({ routes: {} }), account({ routes: [] })])).toEqual([able]);
    expect(entrancesOf(able)).toEqual(['shop', 'pay']);
  });
});

describe('what clients meet at an entrance', () => {
  const group = (name: string, weight: number, healthy: number, members: number) => ({
    ...{ name, weight, healthy, members },
  });

  it('is judged by the groups that carry traffic', () => {
    expect(stateOf({ live: null })).toBe('unread');
    expect(stateOf({ live: [] })).toBe('empty');
    expect(stateOf({ live: [group('home', 100, 2, 2), group('burst', 0, 0, 4)] })).toBe('serving');
    expect(stateOf({ live: [group('home', 60, 2, 2), group('burst', 40, 3, 4)] })).toBe('degraded');
    expect(stateOf({ live: [group('home', 60, 2, 2), group('burst', 40, 0, 4)] })).toBe('empty');
  });
});
