import { useQueryClient } from '@tanstack/react-query';
import { ApiProblem, routes, type AccountBody } from '@springtide/contracts';
import { useSession } from '../../app/session.js';
import { useCommand } from '../../shared/api/use-answer.js';

type Entered = Readonly<{
  name: string;
  settings: Record<string, unknown>;
  /** Left out: the stored credential stays. */
  secret?: Record<string, unknown>;
}>;

export type SaveAccount = Readonly<{
  register: (provider: string, entered: Entered) => Promise<AccountBody>;
  /**
   * @param stored what the change is made from.
   * @param onStored told what is stored already, should the credential be refused after it.
   */
  correct: (
    stored: AccountBody,
    entered: Entered,
    onStored: (account: AccountBody) => void,
  ) => Promise<AccountBody>;
}>;

/** Sends what was entered: the account as a whole, or afterwards its settings and its credential by themselves. */
export function useSaveAccount(): SaveAccount {
  const { client } = useSession();
  const queries = useQueryClient();
  const create = useCommand(routes.accountRegister);
  const update = useCommand(routes.accountUpdate);
  const rotate = useCommand(routes.accountRotate);
  const newest = async (stored: AccountBody): Promise<AccountBody> => {
    const now = await client.call(routes.accountGet, { params: { id: stored.id } });
    if (!isSame(now, stored)) await queries.invalidateQueries();
    // A check at the cloud writes what it saw and raises the version; nobody's change is overwritten by that.
    return isSame(now, stored) ? now : stored;
  };
  return {
    register: async (provider, { name, settings, secret = {} }) => {
      return await create.mutateAsync({ body: { name, provider, settings, secret } });
    },
    correct: async (stored, { name, settings, secret }, onStored) => {
      const params = { id: stored.id };
      let last = await newest(stored);
      if (secret === undefined || name !== stored.name || !equal(settings, stored.settings)) {
        last = await update.mutateAsync({ params, body: { name, settings }, ifMatch: last.version });
        onStored(last);
      }
      if (secret === undefined) return last;
      return await rotate.mutateAsync({ params, body: { secret }, ifMatch: last.version });
    },
  };
}

/** Whether somebody changed the account between the two, beyond asking the cloud about it. */
export function isSame(one: AccountBody, other: AccountBody): boolean {
  return (
    one.name === other.name &&
    one.credentialVersion === other.credentialVersion &&
    equal(one.settings, other.settings)
  );
}

export function isOvertaken(error: Error | null): boolean {
  return error instanceof ApiProblem && error.status === 412;
}

function equal(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** With the names of all objects in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}
