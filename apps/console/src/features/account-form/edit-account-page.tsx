import { routes } from '@springtide/contracts';
import { useState } from 'react';
import { useParams } from 'react-router';
import type { AccountBody, ProviderBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { Page } from '../../shared/ui/page.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { AccountStatus } from '../accounts/account-health.js';
import { AccountForm } from './account-form.js';

export function EditAccountPage() {
  const { id = '' } = useParams();
  const me = useAnswer(routes.whoAmI, {});
  const answer = useAnswer(routes.accountGet, { params: { id } });
  const providers = useAnswer(routes.providerList, {});
  return (
    <Waiting answer={me}>
      {({ user }) => (
        <Waiting answer={providers}>
          {({ items }) => (
            <Waiting answer={answer}>
              {(account) => (
                <EditAccount key={account.id} owner={user.id} newest={account} providers={items} />
              )}
            </Waiting>
          )}
        </Waiting>
      )}
    </Waiting>
  );
}

type Props = Readonly<{ owner: string; newest: AccountBody; providers: readonly ProviderBody[] }>;

function EditAccount({ owner, newest, providers }: Props) {
  const text = useText();
  // What is typed is a change of the account as it was when the page was opened.
  const [account] = useState(newest);
  const provider = providers.find(({ id }) => id === account.provider);
  return (
    <Page
      title={text('account.edit', { name: account.name })}
      aside={<AccountStatus status={newest.status} />}
    >
      {provider ? (
        <AccountForm owner={owner} provider={provider} account={account} />
      ) : (
        <p>{text('account.no-provider', { provider: account.provider })}</p>
      )}
    </Page>
  );
}
