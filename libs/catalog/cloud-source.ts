import type { AccountService, AccountSessions } from '@springtide/accounts';
import { SpringtideError } from '@springtide/kernel';
import type { RequestContext } from '@springtide/platform';
import type { CloudClient } from '@springtide/provider-kit';

/** Where clouds are read from: what catalog and inventory need of the accounts context. */
export interface CloudSource {
  /** Regions in which the account is used. @throws failed-precondition when the cloud never answered. */
  regions(context: RequestContext, accountId: string): Promise<readonly string[]>;
  /** The session stays open until the work is done. */
  use<T>(context: RequestContext, accountId: string, work: (client: CloudClient) => Promise<T>): Promise<T>;
}

/** Injection token of the one CloudSource of an app. */
export const CLOUD_SOURCE = Symbol('CloudSource');

export function accountClouds(accounts: AccountService, sessions: AccountSessions): CloudSource {
  return {
    regions: async (context, accountId) => {
      const account = await accounts.get(context, accountId);
      if (account.health && account.health.regions.length > 0) return account.health.regions;
      throw new SpringtideError(
        'failed-precondition',
        `cloud account "${account.name}" has not answered yet, so nothing could be read from it`,
        { nextStep: 'Verify the account; its health says what is wrong.' },
      );
    },
    use: (context, accountId, work) => sessions.use(context.tenantId, accountId, work),
  };
}
