import type { AccountService, CloudAccount } from '@springtide/accounts';
import { jobContext, type RequestContext } from '@springtide/platform';

type Named = Readonly<{ accountName: string; provider: string }>;

/**
 * Names of the tenant's accounts. Whoever may see a resource may see whose it is, so this asks no permission of its own.
 */
export class AccountNames {
  private constructor(private readonly byId: ReadonlyMap<string, CloudAccount>) {}

  static async of(accounts: AccountService, ctx: RequestContext): Promise<AccountNames> {
    const job = jobContext('account-names', ctx.tenantId, ctx.requestId);
    const all = new Map<string, CloudAccount>();
    for (let afterName = ''; ;) {
      const page = await accounts.list(job, { limit: 200, afterName });
      for (const account of page) all.set(account.id, account);
      const last = page.at(-1);
      if (page.length < 200 || !last) return new AccountNames(all);
      afterName = last.name;
    }
  }

  ids(): readonly string[] {
    return [...this.byId.keys()];
  }

  of(accountId: string): Named {
    const account = this.byId.get(accountId);
    return { accountName: account?.name ?? accountId, provider: account?.provider ?? 'unknown' };
  }
}
