import type { CalendarBody } from '@springtide/contracts';
import { Link } from 'react-router';
import { useLanguage, useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Grid } from '../../shared/ui/grid.js';
import { useNow } from '../../shared/ui/use-now.js';
import { CHINA } from './calendar-days.js';

type Props = Pick<CalendarBody, 'events'> & Readonly<{ year: number }>;

/** What merchants expect in the year, with the usual course of a sale. */
export function EventList({ events, year }: Props) {
  const text = useText();
  const format = useFormat();
  const chinese = useLanguage() === 'zh-CN';
  const now = useNow(60_000);
  return (
    <Grid
      label={text('calendar.events')}
      rows={events}
      keyOf={(row) => row.key}
      empty={text('calendar.no-events')}
      columns={[
        { key: 'name', title: text('common.name'), cell: (row) => (chinese ? row.nameZh : row.name) },
        {
          key: 'kind',
          title: text('calendar.kind'),
          tight: true,
          cell: (row) => text(`calendar.mark.${row.kind}`),
        },
        {
          key: 'when',
          title: text('calendar.when'),
          tight: true,
          cell: ({ startsAt, endsAt }) => {
            const from = format.day(startsAt, CHINA);
            // It ends with its last day, not on the midnight after it.
            const to = format.day(new Date(Date.parse(endsAt) - 1).toISOString(), CHINA);
            return from === to ? from : text('calendar.span', { from, to });
          },
        },
        {
          key: 'course',
          title: text('calendar.course'),
          cell: (row) =>
            row.phases
              .map((phase) =>
                text('calendar.course-of', {
                  phase: text(`phase.${phase.name}`),
                  from: format.clock(phase.startsAt, CHINA).slice(0, 5),
                  share: format.percent(phase.share),
                }),
              )
              .join(text('common.list')),
        },
        {
          key: 'plan',
          title: text('common.actions'),
          tight: true,
          cell: ({ key, kind, startsAt }) =>
            kind === 'sale' &&
            Date.parse(startsAt) > now && (
              <Link to={`/campaigns/new?sale=${year}/${key}`}>{text('calendar.new-campaign')}</Link>
            ),
        },
      ]}
    />
  );
}
