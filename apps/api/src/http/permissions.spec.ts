import { PERMISSIONS } from '@springtide/contracts';
import { PERMISSIONS as GRANTED } from '@springtide/identity/domain';

describe('permissions', () => {
  it('that routes ask for are those that roles can hold', () => {
    expect([...PERMISSIONS].toSorted()).toEqual([...GRANTED].toSorted());
  });
});
