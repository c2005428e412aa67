import { Button } from 'antd';
import { routes, type RouteBody } from '@springtide/contracts';
import { useParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Badge } from '../../shared/ui/badge.js';
import { Facts } from '../../shared/ui/figures.js';
import { Grid } from '../../shared/ui/grid.js';
import { Page, Section } from '../../shared/ui/page.js';
import { useNow } from '../../shared/ui/use-now.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { AccountName } from './account-name.js';
import { EntranceHealth } from './entrance-health.js';

const REFRESH_MS = 10_000;

/** One entrance as its proxy tells it now; looking at it changes nothing. */
export function EntrancePage() {
  const text = useText();
  const format = useFormat();
  const now = useNow(1_000);
  const { id = '' } = useParams();
  const answer = useAnswer(routes.routeGet, { params: { id } }, { everyMs: REFRESH_MS });
  return (
    <Waiting answer={answer}>
      {(route) => (
        <Page
          title={route.name}
          aside={
            <>
              <span className="quiet">
                {text('entrance.read', {
                  ago: format.ago(new Date(answer.dataUpdatedAt).toISOString(), now),
                })}
              </span>
              <Button loading={answer.isFetching} onClick={() => void answer.refetch()}>
                {text('entrance.check')}
              </Button>
            </>
          }
        >
          <Section title={text('entrance.now')}>
            <p>
              <EntranceHealth route={route} />
            </p>
            <Facts
              items={[
                { label: text('common.service'), value: route.service },
                { label: text('machine.account'), value: <AccountName id={route.accountId} /> },
                { label: text('entrance.address'), value: route.entrance ?? '–' },
                { label: text('entrance.healthPath'), value: <code>{route.healthPath}</code> },
              ]}
            />
            <Groups route={route} />
          </Section>
          <Matches route={route} />
          <Section title={text('entrance.home')} note={text('entrance.home.note')}>
            <Home route={route} />
          </Section>
        </Page>
      )}
    </Waiting>
  );
}

type Props = Readonly<{ route: RouteBody }>;

function Groups({ route }: Props) {
  const text = useText();
  const format = useFormat();
  if (route.live === null) return <p>{text('entrance.unread')}</p>;
  return (
    <Grid
      label={text('entrance.groups')}
      rows={route.live}
      keyOf={(row) => row.name}
      empty={text('entrance.no-groups')}
      columns={[
        { key: 'name', title: text('entrance.group'), cell: (row) => row.name },
        {
          key: 'share',
          numeric: true,
          title: text('entrance.share'),
          cell: (row) => (
            <span className="share">
              <meter min={0} max={100} value={row.weight} aria-hidden="true" />{' '}
              {format.percent(row.weight / 100)}
            </span>
          ),
        },
        {
          key: 'healthy',
          title: text('entrance.healthy'),
          cell: (row) => (
            <Badge tone={toneOf(row)}>{text('common.of', { value: row.healthy, all: row.members })}</Badge>
          ),
        },
      ]}
    />
  );
}

function toneOf({ weight, healthy, members }: NonNullable<RouteBody['live']>[number]) {
  if (healthy === members) return members === 0 ? 'idle' : 'good';
  return weight > 0 && healthy === 0 ? 'bad' : 'warn';
}

function Matches({ route }: Props) {
  const text = useText();
  const matches = route.matches ?? [];
  if (matches.length === 0) return null;
  return (
    <Section title={text('entrance.matches')} note={text('entrance.matches.note')}>
      <Grid
        label={text('entrance.matches')}
        rows={matches}
        keyOf={(row) => row.name}
        empty=""
        columns={[
          { key: 'name', title: text('common.name'), cell: (row) => row.name },
          {
            key: 'when',
            title: text('entrance.when'),
            cell: ({ when }) => (
              <code>{'header' in when ? `${when.header}: ${when.value}` : when.sourceRanges.join(', ')}</code>
            ),
          },
          { key: 'group', title: text('entrance.group'), cell: (row) => row.group },
        ]}
      />
    </Section>
  );
}

function Home({ route }: Props) {
  const text = useText();
  return (
    <Grid
      label={text('entrance.home')}
      rows={route.home}
      keyOf={(row) => row.id}
      empty={text('entrance.home.none')}
      columns={[
        { key: 'id', title: text('entrance.member.id'), cell: (row) => row.id },
        {
          key: 'at',
          title: text('entrance.member.at'),
          cell: (row) => <code>{`${row.address}:${row.port}`}</code>,
        },
        { key: 'type', title: text('common.machine-type'), cell: (row) => row.machineType },
      ]}
    />
  );
}
