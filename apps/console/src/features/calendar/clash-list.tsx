import { Alert } from 'antd';
import type { CalendarBody } from '@springtide/contracts';
import { Link } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { CHINA } from './calendar-days.js';

type Clash = CalendarBody['clashes'][number];

/** What stands in each other's way, and what to do about it. */
export function ClashList({ calendar }: Readonly<{ calendar: CalendarBody }>) {
  const text = useText();
  if (calendar.clashes.length === 0) return <p className="quiet">{text('calendar.no-clashes')}</p>;
  return (
    <ul className="clashes">
      {calendar.clashes.map((clash) => (
        <li key={`${clash.kind} ${clash.campaignId} ${clash.otherId}`}>
          <OneClash clash={clash} calendar={calendar} />
        </li>
      ))}
    </ul>
  );
}

function OneClash({ clash, calendar }: Readonly<{ clash: Clash; calendar: CalendarBody }>) {
  const text = useText();
  const format = useFormat();
  const named = [...calendar.campaigns, ...calendar.freezes];
  const nameOf = (id: string): string => named.find((one) => one.id === id)?.name ?? id;
  return (
    <Alert
      type="warning"
      showIcon
      title={text(`calendar.clash.${clash.kind}`, {
        campaign: nameOf(clash.campaignId),
        other: nameOf(clash.otherId),
        count: clash.accountIds.length,
      })}
      description={
        <>
          <p>
            {text('calendar.span', {
              from: format.instant(clash.startsAt, CHINA),
              to: format.instant(clash.endsAt, CHINA),
            })}
          </p>
          <p>{text(`calendar.clash.${clash.kind}.next`)}</p>
          <p>
            <Link to={`/campaigns/${clash.campaignId}/overview`}>{nameOf(clash.campaignId)}</Link>
          </p>
        </>
      }
    />
  );
}
