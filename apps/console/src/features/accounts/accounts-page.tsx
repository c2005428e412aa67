import { Button } from 'antd';
import { routes, type AccountBody } from '@springtide/contracts';
import { Link } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useCommand } from '../../shared/api/use-answer.js';
import { useMay } from '../../shared/api/use-may.js';
import { usePages } from '../../shared/api/use-pages.js';
import { useFormat } from '../../shared/format/format.js';
import { ButtonLink } from '../../shared/ui/button-link.js';
import { PagedGrid } from '../../shared/ui/grid.js';
import { Lacking } from '../../shared/ui/lacking.js';
import { Page } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { useNow } from '../../shared/ui/use-now.js';
import { AccountStatus, grantedOf } from './account-health.js';

const REFRESH_MS = 30_000;

export function AccountsPage() {
  const text = useText();
  const format = useFormat();
  const now = useNow(10_000);
  const pages = usePages(routes.accountList, { limit: 50 }, REFRESH_MS);
  const verify = useCommand(routes.accountVerify);
  const may = useMay('account:write');
  return (
    <Page
      title={text('accounts.title')}
      aside={
        <ButtonLink to="/accounts/new" permission="account:write">
          {text('account.new')}
        </ButtonLink>
      }
    >
      <Lacking permission="account:write" />
      {verify.error && <ProblemNote error={verify.error} />}
      <PagedGrid
        label={text('accounts.title')}
        pages={pages}
        keyOf={(row) => row.id}
        empty={text('account.none')}
        columns={[
          {
            key: 'name',
            tight: true,
            title: text('common.name'),
            cell: (row) => <Link to={`/accounts/${row.id}`}>{row.name}</Link>,
          },
          {
            key: 'kind',
            tight: true,
            title: text('account.kind'),
            cell: (row) => text(`account.kind.${row.kind}`),
          },
          {
            key: 'product',
            title: text('account.product'),
            cell: (row) => row.health?.product ?? row.provider,
          },
          { key: 'health', title: text('account.health'), cell: (row) => <Health account={row} /> },
          {
            key: 'permissions',
            tight: true,
            title: text('account.permissions'),
            cell: (row) => <Granted account={row} />,
          },
          {
            key: 'verified',
            title: text('account.verified'),
            tight: true,
            cell: (row) => (row.verifiedAt ? format.ago(row.verifiedAt, now) : text('account.never')),
          },
          {
            key: 'verify',
            title: <span className="unseen">{text('common.actions')}</span>,
            cell: (row) => (
              <Button
                size="small"
                disabled={may !== true}
                aria-label={text('account.verify-one', { name: row.name })}
                loading={verify.isPending && verify.variables.params.id === row.id}
                onClick={() => verify.mutate({ params: { id: row.id } })}
              >
                {text('account.verify')}
              </Button>
            ),
          },
        ]}
      />
    </Page>
  );
}

function Health({ account }: Readonly<{ account: AccountBody }>) {
  return (
    <>
      <AccountStatus status={account.status} />
      {account.health?.problem && (
        <div className="quiet" lang="en">
          {account.health.problem}
        </div>
      )}
    </>
  );
}

function Granted({ account }: Readonly<{ account: AccountBody }>) {
  const text = useText();
  const { granted, needed } = grantedOf(account);
  return needed === 0 ? '–' : text('account.granted', { granted, needed });
}
