import fc from 'fast-check';
import { parseServerName, serverName } from './server-names.js';

describe('server names', () => {
  it('bring back group and id, and hold only what HAProxy accepts', () => {
    const id = fc.stringMatching(/^[\x21-\x7e]{1,60}$/);
    const group = fc.stringMatching(/^[a-z0-9](-?[a-z0-9])*$/);
    fc.assert(
      fc.property(group, id, (name, memberId) => {
        const server = serverName(name, memberId);
        expect(server).toMatch(/^[A-Za-z0-9.:_-]+$/);
        expect(parseServerName(server)).toEqual({ group: name, memberId });
      }),
    );
  });

  it('does not claim a server that somebody else named', () => {
    for (const name of ['web1', 'web_1', ':x', 'home:', 'Home:x'])
      expect(parseServerName(name)).toBeUndefined();
  });
});
