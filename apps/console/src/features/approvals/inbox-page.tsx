import { Select } from 'antd';
import { routes, type ApprovalBody } from '@springtide/contracts';
import { Link, useSearchParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { usePages } from '../../shared/api/use-pages.js';
import { useFormat } from '../../shared/format/format.js';
import { Amount } from '../../shared/ui/amount.js';
import { PagedGrid } from '../../shared/ui/grid.js';
import { Page } from '../../shared/ui/page.js';
import { useNow } from '../../shared/ui/use-now.js';
import { ApprovalState } from './approval-state.js';

const STATUSES = ['requested', 'approved', 'rejected', 'expired', 'superseded'] as const;
const REFRESH_MS = 10_000;

export function InboxPage() {
  const text = useText();
  const format = useFormat();
  const now = useNow(10_000);
  const [search, setSearch] = useSearchParams();
  const asked = search.get('status') ?? 'requested';
  const status = STATUSES.find((one) => one === asked);
  const pages = usePages(routes.approvalList, { limit: 50, ...(status ? { status } : {}) }, REFRESH_MS);
  return (
    <Page
      title={text('nav.approvals')}
      aside={
        <Select
          aria-label={text('approval.filter')}
          value={status ?? 'any'}
          onChange={(value) => setSearch({ status: value })}
          options={[
            { value: 'any', label: text('common.all-states') },
            ...STATUSES.map((value) => ({ value, label: text(`approval.status.${value}`) })),
          ]}
          className="filter"
        />
      }
    >
      <PagedGrid
        label={text('nav.approvals')}
        pages={pages}
        keyOf={(row) => row.id}
        empty={text('approval.none')}
        columns={[
          { key: 'campaign', title: text('common.campaign'), cell: (row) => <CampaignLink approval={row} /> },
          {
            key: 'status',
            title: text('common.state'),
            cell: (row) => <ApprovalState status={row.status} />,
          },
          {
            key: 'budget',
            title: text('envelope.budget'),
            numeric: true,
            cell: (row) => <Amount value={row.envelope.budget} />,
          },
          {
            key: 'machines',
            title: text('envelope.machines'),
            numeric: true,
            cell: (row) => format.number(row.envelope.maxMachines, 0),
          },
          {
            key: 'start',
            title: text('envelope.latest-start'),
            cell: (row) => format.instant(row.envelope.latestStart),
          },
          { key: 'expires', title: text('envelope.expires'), cell: (row) => format.ago(row.expiresAt, now) },
        ]}
      />
    </Page>
  );
}

/** An approval knows its campaign by id only. */
function CampaignLink({ approval }: Readonly<{ approval: ApprovalBody }>) {
  const text = useText();
  const campaign = useAnswer(routes.campaignGet, { params: { id: approval.campaignId } });
  return (
    <Link to={`/campaigns/${approval.campaignId}/approval`}>
      {campaign.data?.name ?? text('common.campaign')}
    </Link>
  );
}
