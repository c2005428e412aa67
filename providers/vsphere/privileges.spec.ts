import { readFile } from 'node:fs/promises';
import { PRIVILEGES } from './privileges.js';

describe('the privileges that an account needs', () => {
  it('are in the README’s role, all of them and no others', async () => {
    const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
    const role = /govc role\.create Springtide([^]*?)\ngovc/.exec(readme)?.[1] ?? '';
    const named = role.split(/[\s\\]+/).filter((word) => word !== '');
    expect(named.toSorted()).toEqual(PRIVILEGES.map(({ action }) => action as string).toSorted());
  });
});
