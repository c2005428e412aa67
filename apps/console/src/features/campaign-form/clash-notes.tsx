import { Alert } from 'antd';
import { routes, type CalendarBody, type TemplateBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import type { Draft, PhaseSpan } from './draft.js';

type Props = Readonly<{
  draft: Draft;
  spans: readonly PhaseSpan[];
  template: TemplateBody | undefined;
  /** The campaign that is edited, which does not stand in its own way. */
  ownId: string | null;
}>;

type Period = Readonly<{ startsAt: string; endsAt: string }>;

/** What would stand in the campaign's way at its time, before it is saved. */
export function ClashNotes(props: Props) {
  const [first, last] = [props.spans[0], props.spans.at(-1)];
  if (!first || !last) return null;
  const period = { startsAt: new Date(first.from).toISOString(), endsAt: new Date(last.until).toISOString() };
  const years = new Set([period.startsAt, period.endsAt].map((instant) => Number(instant.slice(0, 4))));
  return (
    <div className="clashes" role="status">
      {[...years].map((year) => (
        <YearClashes key={year} {...{ ...props, year, period }} />
      ))}
    </div>
  );
}

function YearClashes({ year, period, ...props }: Props & Readonly<{ year: number; period: Period }>) {
  const { data, error } = useAnswer(routes.calendar, { query: { year } }, { enabled: isKnown(year) });
  const meets = (other: Period): boolean =>
    year === Number(laterStart(period, other).slice(0, 4)) && overlaps(period, other);
  return (
    <>
      {error && <ProblemNote error={error} />}
      {data?.freezes.filter(meets).map((freeze) => (
        <ClashNote key={freeze.id} kind="freeze" other={freeze} draft={props.draft} />
      ))}
      {data?.campaigns
        .filter((other) => other.id !== props.ownId && meets(other))
        .map((other) => (
          <CampaignClash key={other.id} {...{ ...props, other }} />
        ))}
    </>
  );
}

/** The calendar has these years. */
function isKnown(year: number): boolean {
  return year >= 2000 && year <= 2100;
}

/** What lasts over New Year is in both years' calendars and told once. */
function laterStart(one: Period, other: Period): string {
  const later = Math.max(Date.parse(one.startsAt), Date.parse(other.startsAt));
  return new Date(later).toISOString();
}

function overlaps(one: Period, other: Period): boolean {
  return (
    Date.parse(one.startsAt) < Date.parse(other.endsAt) && Date.parse(other.startsAt) < Date.parse(one.endsAt)
  );
}

type OtherCampaign = CalendarBody['campaigns'][number];

/** At the same time; whether that matters depends on entrances and clouds. */
function CampaignClash({ draft, template, other }: Props & Readonly<{ other: OtherCampaign }>) {
  const campaign = useAnswer(routes.campaignGet, { params: { id: other.id } });
  const templateId = campaign.data?.templateId;
  const theirs = useAnswer(
    routes.templateGet,
    { params: { id: templateId ?? '' } },
    { enabled: templateId !== undefined },
  );
  const shared = draft.accountIds.filter((id) => campaign.data?.accountIds.includes(id));
  const entrances = new Set(theirs.data?.services.map(({ route }) => route));
  const bothMove = draft.follows === 'plan' && campaign.data?.follows !== 'strategies';
  const sameRoute = bothMove && template?.services.some(({ route }) => entrances.has(route));
  return (
    <>
      {sameRoute && <ClashNote kind="same-route" other={other} draft={draft} />}
      {shared.length > 0 && (
        <ClashNote kind="shared-pools" other={other} draft={draft} count={shared.length} />
      )}
    </>
  );
}

type NoteProps = Readonly<{
  kind: CalendarBody['clashes'][number]['kind'];
  draft: Pick<Draft, 'name' | 'timeZone'>;
  other: Period & Readonly<{ name: string }>;
  count?: number;
}>;

function ClashNote({ kind, draft: { name, timeZone }, other, count = 0 }: NoteProps) {
  const text = useText();
  const format = useFormat();
  return (
    <Alert
      type="warning"
      showIcon
      title={text(`calendar.clash.${kind}`, {
        campaign: name.trim() === '' ? text('form.this-campaign') : name,
        other: other.name,
        count,
      })}
      description={
        <>
          <p>
            {text('calendar.span', {
              from: format.instant(other.startsAt, timeZone),
              to: format.instant(other.endsAt, timeZone),
            })}
          </p>
          <p>{text(`calendar.clash.${kind}.next`)}</p>
        </>
      }
    />
  );
}
