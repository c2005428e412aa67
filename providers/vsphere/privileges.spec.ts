import { readFile } from 'node:fs/promises';
import { PRIVILEGES, privilegesFor } from './privileges.js';

describe('the privileges that an account needs', () => {
  it('are fewer where the account wants no tags, reads no libraries, or takes no snapshots', () => {
    const actions = (wishes: Parameters<typeof privilegesFor>[0]) =>
      privilegesFor(wishes).map(({ action }) => action);
    const untagged = actions({ tags: false, libraries: true, snapshots: true });
    expect(untagged).toHaveLength(PRIVILEGES.length - 3);
    expect(untagged.filter((action) => action.includes('Tagging'))).toEqual([]);
    const unread = actions({ tags: true, libraries: false, snapshots: true });
    expect(unread).toHaveLength(PRIVILEGES.length - 4);
    expect(unread.filter((action) => action.includes('ContentLibrary'))).toEqual([]);
    const unsnapped = actions({ tags: true, libraries: true, snapshots: false });
    expect(unsnapped).toHaveLength(PRIVILEGES.length - 3);
    expect(unsnapped.filter((action) => action.includes('Snapshot'))).toEqual([]);
    expect(privilegesFor({ tags: true, libraries: true, snapshots: true })).toEqual(PRIVILEGES);
  });

  it('are in the README’s role, all of them and no others', async () => {
    const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
    const role = /govc role\.create Springtide([^]*?)\ngovc/.exec(readme)?.[1] ?? '';
    const named = role.split(/[\s\\]+/).filter((word) => word !== '');
    expect(named.toSorted()).toEqual(PRIVILEGES.map(({ action }) => action as string).toSorted());
  });
});
