import { Button } from 'antd';
import { routes, type AccountBill, type CampaignBillCheck } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { useMay } from '../../shared/api/use-may.js';
import { useFormat } from '../../shared/format/format.js';
import { Amount } from '../../shared/ui/amount.js';
import { Badge, type Tone } from '../../shared/ui/badge.js';
import { Grid } from '../../shared/ui/grid.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { useCampaign } from '../campaigns/campaign-page.js';

const TONES: Readonly<Record<AccountBill['state'], Tone>> = {
  clean: 'good',
  differs: 'bad',
  incomplete: 'busy',
  'not-told': 'idle',
  unreadable: 'warn',
};

/** What the clouds charged against what ran; there is nothing to tell before the campaign is closed or somebody looked. */
export function BillCheck() {
  const { id } = useCampaign();
  const answer = useAnswer(routes.billCheckGet, { params: { id } });
  return (
    <Waiting answer={answer}>
      {(check) => (check.dueAt === null && check.accounts.length === 0 ? null : <Bills check={check} />)}
    </Waiting>
  );
}

function Bills({ check }: Readonly<{ check: CampaignBillCheck }>) {
  const text = useText();
  const format = useFormat();
  const { timeZone } = useCampaign();
  const at = check.nextAt === null ? null : format.instant(check.nextAt, timeZone);
  const note = at === null ? text('bill.no-next') : text('bill.next', { at });
  return (
    <Section title={text('bill.title')} note={note} aside={<LookNow campaignId={check.campaignId} />}>
      <Accounts accounts={check.accounts} />
      {check.accounts.map((account) => (
        <Findings key={account.accountId} account={account} />
      ))}
    </Section>
  );
}

function LookNow({ campaignId }: Readonly<{ campaignId: string }>) {
  const text = useText();
  const may = useMay('cost:write');
  const command = useCommand(routes.billCheckNow);
  if (may !== true) return null;
  return (
    <>
      {command.error && <ProblemNote error={command.error} />}
      <Button loading={command.isPending} onClick={() => command.mutate({ params: { id: campaignId } })}>
        {text('bill.now')}
      </Button>
    </>
  );
}

/** A row for every currency, never one for two. */
function Accounts({ accounts }: Readonly<{ accounts: readonly AccountBill[] }>) {
  const text = useText();
  const format = useFormat();
  const { timeZone } = useCampaign();
  const rows = accounts.flatMap((account) => {
    const totals = account.totals.length === 0 ? [null] : account.totals;
    return totals.map((total) => ({ account, total }));
  });
  return (
    <Grid
      label={text('bill.title')}
      rows={rows}
      keyOf={({ account, total }) => `${account.accountId} ${total?.billed.currency ?? ''}`}
      empty={text('bill.none')}
      columns={[
        { key: 'account', title: text('machine.account'), cell: ({ account }) => account.accountName },
        {
          key: 'state',
          title: text('common.state'),
          tight: true,
          cell: ({ account: { state } }) => <Badge tone={TONES[state]}>{text(`bill.state.${state}`)}</Badge>,
        },
        {
          key: 'at',
          title: text('bill.looked-at'),
          cell: ({ account }) => format.instant(account.checkedAt, timeZone),
        },
        {
          key: 'expected',
          title: text('bill.expected'),
          numeric: true,
          cell: ({ total }) => (total === null ? '–' : <Amount value={total.expected} />),
        },
        {
          key: 'billed',
          title: text('bill.billed'),
          numeric: true,
          cell: ({ total }) => (total === null ? '–' : <Amount value={total.billed} />),
        },
        {
          key: 'difference',
          title: text('bill.difference'),
          numeric: true,
          cell: ({ total }) => (total === null ? '–' : <Amount value={total.difference} />),
        },
        {
          key: 'percent',
          title: text('bill.percent'),
          numeric: true,
          cell: ({ total }) => total?.percent ?? '–',
        },
        {
          key: 'why',
          title: text('stuck.why'),
          cell: ({ account }) => <span lang="en">{account.reason ?? ''}</span>,
        },
      ]}
    />
  );
}

function Findings({ account }: Readonly<{ account: AccountBill }>) {
  const text = useText();
  const format = useFormat();
  const { timeZone } = useCampaign();
  const { findings, findingsInAll: all, accountName } = account;
  if (findings.length === 0) return null;
  const instant = (at: string | null) => (at === null ? '–' : format.instant(at, timeZone));
  const amount = (value: AccountBill['findings'][number]['billed']) =>
    value === null ? '–' : <Amount value={value} />;
  return (
    <>
      <p>{text('bill.findings', { account: accountName, count: findings.length, all })}</p>
      <Grid
        label={accountName}
        rows={findings}
        keyOf={(row, index) => `${row.resourceId} ${row.kind} ${index}`}
        empty={text('bill.none')}
        columns={[
          { key: 'kind', title: text('bill.finding'), cell: (row) => text(`bill.kind.${row.kind}`) },
          { key: 'id', title: text('bill.resource'), cell: (row) => <code>{row.resourceId}</code> },
          { key: 'from', title: text('bill.from'), cell: (row) => instant(row.from) },
          { key: 'to', title: text('bill.to'), cell: (row) => instant(row.to) },
          {
            key: 'expected',
            title: text('bill.expected'),
            numeric: true,
            cell: (row) => amount(row.expected),
          },
          { key: 'billed', title: text('bill.billed'), numeric: true, cell: (row) => amount(row.billed) },
          { key: 'unseen', title: text('bill.unseen'), numeric: true, cell: (row) => amount(row.unseen) },
        ]}
      />
    </>
  );
}
