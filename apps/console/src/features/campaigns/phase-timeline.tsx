import type { CampaignBody } from '@springtide/contracts';
import { useText, type Text } from '../../i18n/language.js';
import { useFormat, type Format } from '../../shared/format/format.js';
import { useNow } from '../../shared/ui/use-now.js';
import { isWidened, phasePlaces, placeOfInstant, type Place } from './phase-places.js';
import { timeSpan, type TimeSpan } from './time-span.js';

/** Phases to scale, demand of each service under them, and where we are now. The table beside it says the same. */
export function PhaseTimeline({ campaign }: Readonly<{ campaign: CampaignBody }>) {
  const text = useText();
  const format = useFormat();
  const now = useNow();
  const span = timeSpan(campaign.phases);
  if (!span) return null;
  const services = [...new Set(campaign.demand.map((row) => row.service))];
  const places = phasePlaces(campaign.phases);
  const at = placeOfInstant(campaign.phases, places, now);
  return (
    <div className="timeline">
      <div className="lane phases">
        {campaign.phases.map((phase, index) => {
          const running = new Date(phase.startsAt).getTime() <= now && now < new Date(phase.endsAt).getTime();
          return (
            <div key={phase.name} className={running ? 'phase now' : 'phase'} style={styleOf(places[index])}>
              <strong>{text(`phase.${phase.name}`)}</strong>
              <span>{startText(format, phase.startsAt, campaign.timeZone)}</span>
            </div>
          );
        })}
      </div>
      {services.map((service) => (
        <DemandLane key={service} campaign={campaign} service={service} places={places} />
      ))}
      {at !== undefined && (
        <div className="now-line" style={{ left: `${at * 100}%` }}>
          <span>{text('overview.now')}</span>
        </div>
      )}
      <p className="quiet">
        {whereText(text, format, now, span)} {isWidened(campaign.phases) && text('overview.short-phases')}
      </p>
    </div>
  );
}

function styleOf(place: Place | undefined) {
  return place && { left: `${place.left * 100}%`, width: `${place.width * 100}%` };
}

/** Seconds only where they matter. */
function startText(format: Format, startsAt: string, timeZone: string): string {
  const clock = format.clock(startsAt, timeZone);
  return clock.endsWith(':00') ? clock.slice(0, -3) : clock;
}

function whereText(text: Text, format: Format, now: number, span: TimeSpan): string {
  const when = (ms: number): string => format.ago(new Date(ms).toISOString(), now);
  if (now < span.from) return text('overview.begins', { when: when(span.from) });
  return text(now < span.to ? 'overview.ends' : 'overview.ended', { when: when(span.to) });
}

type LaneProps = Readonly<{ campaign: CampaignBody; service: string; places: readonly Place[] }>;

function DemandLane({ campaign, service, places }: LaneProps) {
  const text = useText();
  const format = useFormat();
  const rows = campaign.demand.filter((row) => row.service === service);
  const most = Math.max(1, ...rows.map((row) => row.requestsPerSecond));
  return (
    <>
      <div className="lane-name">{text('overview.lane', { service })}</div>
      <div className="lane demand">
        {campaign.phases.map((phase, index) => {
          const rps = rows.find((row) => row.phase === phase.name)?.requestsPerSecond ?? 0;
          return (
            <div key={phase.name} className="bar" style={styleOf(places[index])}>
              <span>{format.number(rps, 0)}</span>
              <div style={{ height: `${(rps / most) * 100}%` }} />
            </div>
          );
        })}
      </div>
    </>
  );
}
