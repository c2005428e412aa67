import { Button } from 'antd';
import { routes, type CalendarBody } from '@springtide/contracts';
import { useMemo } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useLanguage, useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Grid } from '../../shared/ui/grid.js';
import { Page, Section } from '../../shared/ui/page.js';
import { useNow } from '../../shared/ui/use-now.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { CHINA, dayInChina, marksByDay } from './calendar-days.js';
import { ClashList } from './clash-list.js';
import { EventList } from './event-list.js';
import { Freezes } from './freezes.js';
import { Legend, MonthTable } from './month-table.js';

const REFRESH_MS = 60_000;
const [EARLIEST, LATEST] = [2000, 2100];
const MONTHS = Array.from({ length: 12 }, (_, month) => month);

export function CalendarPage() {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const today = dayInChina(new Date(useNow(60_000)).toISOString());
  const asked = Number(search.get('year'));
  const isYear = Number.isInteger(asked) && asked >= EARLIEST && asked <= LATEST;
  const year = isYear ? asked : Number(today.slice(0, 4));
  const answer = useAnswer(routes.calendar, { query: { year } }, { everyMs: REFRESH_MS });
  const go = (to: number): void => setSearch({ year: String(to) }, { replace: true });
  return (
    <Page
      title={`${text('nav.calendar')} ${year}`}
      aside={
        <>
          <Button disabled={year <= EARLIEST} onClick={() => go(year - 1)}>
            {text('calendar.before')}
          </Button>
          <Button disabled={year >= LATEST} onClick={() => go(year + 1)}>
            {text('calendar.after')}
          </Button>
        </>
      }
    >
      <Waiting answer={answer}>{(calendar) => <Year {...{ calendar, year, today }} />}</Waiting>
    </Page>
  );
}

type YearProps = Readonly<{ calendar: CalendarBody; year: number; today: string }>;

function Year({ calendar, year, today }: YearProps) {
  const text = useText();
  const chinese = useLanguage() === 'zh-CN';
  const days = useMemo(
    () => marksByDay(calendar, ({ name, nameZh }) => (chinese ? nameZh : name)),
    [calendar, chinese],
  );
  return (
    <>
      <Section title={text('calendar.clashes')}>
        <ClashList calendar={calendar} />
      </Section>
      <Section title={text('calendar.months')} note={text('calendar.zone')}>
        <Legend />
        <div className="months">
          {MONTHS.map((month) => (
            <MonthTable key={month} year={year} month={month} days={days} today={today} />
          ))}
        </div>
      </Section>
      <Section title={text('calendar.events')} note={text('calendar.course-note')}>
        <EventList events={calendar.events} year={year} />
      </Section>
      <Campaigns campaigns={calendar.campaigns} />
      <Freezes freezes={calendar.freezes} />
    </>
  );
}

function Campaigns({ campaigns }: Pick<CalendarBody, 'campaigns'>) {
  const text = useText();
  const format = useFormat();
  return (
    <Section title={text('calendar.campaigns')}>
      <Grid
        label={text('calendar.campaigns')}
        rows={campaigns}
        keyOf={(row) => row.id}
        empty={text('calendar.no-campaigns')}
        columns={[
          {
            key: 'name',
            title: text('common.name'),
            cell: (row) => <Link to={`/campaigns/${row.id}/overview`}>{row.name}</Link>,
          },
          {
            key: 'when',
            tight: true,
            title: text('calendar.when'),
            cell: (row) =>
              text('calendar.span', {
                from: format.instant(row.startsAt, CHINA),
                to: format.instant(row.endsAt, CHINA),
              }),
          },
        ]}
      />
    </Section>
  );
}
