import type { RunBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';

type Route = RunBody['traffic'][number];

/** Who takes which share of each entrance, drawn and in numbers. */
export function TrafficSplit({ traffic }: Readonly<{ traffic: readonly Route[] }>) {
  const text = useText();
  if (traffic.length === 0) return <p className="quiet">{text('run.no-traffic')}</p>;
  return (
    <>
      {traffic.map((route) => (
        <RouteSplit key={`${route.route} ${route.service}`} route={route} />
      ))}
    </>
  );
}

function RouteSplit({ route }: Readonly<{ route: Route }>) {
  const text = useText();
  const format = useFormat();
  const total = route.groups.reduce((sum, group) => sum + group.weight, 0);
  return (
    <div className="route">
      <h3>{text('run.route', { route: route.route, service: route.service })}</h3>
      {route.groups.length === 0 && <p className="bad-text">{text('run.route-unread')}</p>}
      <div className="stack" aria-hidden="true" hidden={total === 0}>
        {route.groups.map((group, index) =>
          total > 0 && group.weight > 0 ? (
            <div key={group.name} className={`share s${index % 4}`} style={{ flexGrow: group.weight }} />
          ) : null,
        )}
      </div>
      <ul className="legend">
        {route.groups.map((group, index) => (
          <li key={group.name}>
            <span className={`swatch s${index % 4}`} aria-hidden="true" /> {group.name}{' '}
            <strong>{format.percent(total > 0 ? group.weight / total : 0)}</strong>{' '}
            <span className={group.healthy < group.members ? 'bad-text' : 'quiet'}>
              {text('run.healthy', { healthy: group.healthy, members: group.members })}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
