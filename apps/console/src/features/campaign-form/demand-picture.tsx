import type { PhaseName } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import type { PhaseSpan } from './draft.js';

const SHADES = 4;

type Props = Readonly<{
  phases: readonly PhaseName[];
  /** As far as they are known. */
  spans: readonly PhaseSpan[];
  timeZone: string;
  services: readonly string[];
  demandAt: (service: string, phase: PhaseName) => number;
}>;

/** The services’ demand on each other, phase by phase, as it is being typed. Longer phases are wider, short ones readable. */
export function DemandPicture({ phases, spans, timeZone, services, demandAt }: Props) {
  const text = useText();
  const format = useFormat();
  const totals = phases.map((phase) => services.reduce((sum, service) => sum + demandAt(service, phase), 0));
  const most = Math.max(...totals);
  if (!(most > 0)) return <p className="quiet">{text('form.picture.none')}</p>;
  return (
    <figure className="demand-picture">
      <figcaption className="unseen">{text('form.picture')}</figcaption>
      <div className="columns">
        {phases.map((phase, index) => {
          const span = spans.find(({ name }) => name === phase);
          const hours = span ? (span.until - span.from) / 3_600_000 : 1;
          return (
            <div key={phase} className="column" style={{ flexGrow: Math.sqrt(hours) }}>
              <span className="total">{format.number(totals[index] ?? 0, 0)}</span>
              <div className="bars">
                {services.map((service, shade) => (
                  <div
                    key={service}
                    className={`s${shade % SHADES}`}
                    style={{ height: `${(demandAt(service, phase) / most) * 100}%` }}
                  />
                ))}
              </div>
              <strong>{text(`phase.${phase}`)}</strong>
              <span className="quiet">
                {span && format.clock(new Date(span.from).toISOString(), timeZone).slice(0, 5)}
              </span>
            </div>
          );
        })}
      </div>
      <ul className="legend">
        {services.map((service, shade) => (
          <li key={service}>
            <span className={`swatch s${shade % SHADES}`} aria-hidden="true" /> {service}
          </li>
        ))}
        <li className="quiet">{text('overview.short-phases')}</li>
      </ul>
    </figure>
  );
}
