import { routes, type AccountBody } from '@springtide/contracts';
import { Link, useParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Badge } from '../../shared/ui/badge.js';
import { Facts } from '../../shared/ui/figures.js';
import { Grid } from '../../shared/ui/grid.js';
import { Lacking } from '../../shared/ui/lacking.js';
import { Page, Section } from '../../shared/ui/page.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { AccountActions } from './account-actions.js';
import { AccountStatus } from './account-health.js';

export function AccountPage() {
  const text = useText();
  const { id = '' } = useParams();
  const answer = useAnswer(routes.accountGet, { params: { id } });
  return (
    <Waiting answer={answer}>
      {(account) => (
        <Page
          title={account.name}
          aside={
            <>
              <AccountStatus status={account.status} />
              <AccountActions account={account} />
            </>
          }
        >
          <Lacking permission="account:write" />
          <AccountFacts account={account} />
          <Permissions account={account} />
          <p>
            <Link to={`/machines?accountId=${account.id}`}>{text('account.machines')}</Link>
          </p>
        </Page>
      )}
    </Waiting>
  );
}

function AccountFacts({ account }: Readonly<{ account: AccountBody }>) {
  const text = useText();
  const format = useFormat();
  const { health } = account;
  const when = (at: string | null): string => (at ? format.instant(at) : text('account.never'));
  return (
    <Section title={text('account.health')}>
      {health?.problem && (
        <p className="bad-text" lang="en">
          {health.problem}
        </p>
      )}
      <Facts
        items={[
          { label: text('account.kind'), value: text(`account.kind.${account.kind}`) },
          { label: text('account.provider'), value: account.provider },
          { label: text('account.product'), value: health?.product ?? '–' },
          { label: text('account.identity'), value: health?.identity ?? '–' },
          { label: text('account.regions'), value: health?.regions.join(', ') || '–' },
          {
            label: text('account.skew'),
            value:
              health?.clockSkewMs === null || !health
                ? '–'
                : text('common.ms', { value: format.number(health.clockSkewMs) }),
          },
          { label: text('account.verified'), value: when(account.verifiedAt) },
          { label: text('account.checked'), value: when(health?.checkedAt ?? null) },
          { label: text('account.credential'), value: when(account.credentialCreatedAt) },
          { label: text('account.credential-used'), value: when(account.credentialLastUsedAt) },
        ]}
      />
    </Section>
  );
}

function Permissions({ account }: Readonly<{ account: AccountBody }>) {
  const text = useText();
  return (
    <Section title={text('account.permissions')}>
      <Grid
        label={text('account.permissions')}
        rows={account.health?.permissions ?? []}
        keyOf={(row) => row.action}
        empty={text('account.no-permissions')}
        columns={[
          { key: 'action', title: text('account.action'), cell: (row) => <code>{row.action}</code> },
          {
            key: 'granted',
            title: text('common.state'),
            cell: (row) => (
              <Badge tone={row.granted ? 'good' : 'bad'}>
                {text(row.granted ? 'account.is-granted' : 'account.is-missing')}
              </Badge>
            ),
          },
          {
            key: 'for',
            title: text('account.needed-for'),
            cell: (row) => <span lang="en">{row.neededFor}</span>,
          },
        ]}
      />
    </Section>
  );
}
