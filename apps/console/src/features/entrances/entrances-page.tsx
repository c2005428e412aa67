import { routes, type RouteBody } from '@springtide/contracts';
import { Link } from 'react-router';
import { useText } from '../../i18n/language.js';
import { usePages } from '../../shared/api/use-pages.js';
import { ButtonLink } from '../../shared/ui/button-link.js';
import { PagedGrid } from '../../shared/ui/grid.js';
import { Lacking } from '../../shared/ui/lacking.js';
import { Page } from '../../shared/ui/page.js';
import { AccountName } from './account-name.js';
import { EntranceHealth } from './entrance-health.js';
import { LiveShares } from './live-shares.js';

const REFRESH_MS = 10_000;

export function EntrancesPage() {
  const text = useText();
  const pages = usePages(routes.routeList, { limit: 50 }, REFRESH_MS);
  return (
    <Page
      title={text('nav.routes')}
      aside={
        <ButtonLink to="/routes/new" permission="route:write">
          {text('entrance.new')}
        </ButtonLink>
      }
    >
      <Lacking permission="route:write" />
      <p className="quiet">{text('entrance.what')}</p>
      <PagedGrid
        label={text('nav.routes')}
        pages={pages}
        keyOf={(row) => row.id}
        empty={text('entrance.none')}
        columns={[
          {
            key: 'name',
            tight: true,
            title: text('common.name'),
            cell: (row) => <Link to={`/routes/${row.id}`}>{row.name}</Link>,
          },
          { key: 'service', tight: true, title: text('common.service'), cell: (row) => row.service },
          {
            key: 'account',
            tight: true,
            title: text('machine.account'),
            cell: (row) => <AccountName id={row.accountId} />,
          },
          { key: 'address', title: text('entrance.address'), cell: (row) => <Address route={row} /> },
          { key: 'state', title: text('common.state'), cell: (row) => <EntranceHealth route={row} /> },
          { key: 'shares', title: text('entrance.shares'), cell: (row) => <LiveShares route={row} /> },
        ]}
      />
    </Page>
  );
}

function Address({ route }: Readonly<{ route: RouteBody }>) {
  return route.entrance === null ? '–' : <code>{route.entrance}</code>;
}
