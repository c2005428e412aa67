import type { ReactNode } from 'react';

export type Figure = Readonly<{
  label: string;
  value: ReactNode;
  note?: ReactNode;
  /** Takes a line of its own. */
  wide?: boolean;
}>;

/** A few numbers that matter, large. */
export function Figures({ items }: Readonly<{ items: readonly Figure[] }>) {
  return (
    <dl className="figures">
      {items.map(({ label, value, note }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <span className="figure">{value}</span>
            {note && <span className="quiet">{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Names and their values, one line each. */
export function Facts({ items }: Readonly<{ items: readonly Figure[] }>) {
  return (
    <dl className="facts">
      {items.map(({ label, value, wide }) => (
        <div key={label} className={wide ? 'wide' : undefined}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
