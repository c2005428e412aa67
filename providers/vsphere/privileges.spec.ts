import { readFile } from 'node:fs/promises';
import { PRIVILEGES, privilegesFor } from './privileges.js';

describe('the privileges that an account needs', () => {
  it('are fewer where the account wants no tags', () => {
    const left = privilegesFor({ tags: false }).map(({ action }) => action);
    expect(left).toHaveLength(PRIVILEGES.length - 3);
    expect(left.filter((action) => action.includes('Tagging'))).toEqual([]);
    expect(privilegesFor({ tags: true })).toEqual(PRIVILEGES);
  });

  it('are in the README’s role, all of them and no others', async () => {
    const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
    const role = /govc role\.create Springtide([^]*?)\ngovc/.exec(readme)?.[1] ?? '';
    const named = role.split(/[\s\\]+/).filter((word) => word !== '');
    expect(named.toSorted()).toEqual(PRIVILEGES.map(({ action }) => action as string).toSorted());
  });
});
