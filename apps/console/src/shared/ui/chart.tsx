import { init, type EChartsType } from 'echarts/core';
import { useEffect, useRef } from 'react';
import { useText } from '../../i18n/language.js';

type Props = Readonly<{
  title: string;
  option: Parameters<EChartsType['setOption']>[0];
  /** The same as text: time, demand, planned. */
  rows: readonly (readonly string[])[];
}>;

/** A drawing with a name, and a table for those who read rather than look. */
export function Chart({ title, option, rows }: Props) {
  const text = useText();
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  useEffect(() => {
    if (!place.current) return;
    const made = init(place.current, null, { renderer: 'canvas' });
    chart.current = made;
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(option);
  }, [option]);
  return (
    <figure className="chart">
      <figcaption>{title}</figcaption>
      <div ref={place} className="canvas" role="img" aria-label={title} />
      <details>
        <summary>{text('common.as-table')}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{text('common.time')}</th>
              <th scope="col">{text('common.demand')}</th>
              <th scope="col">{text('plan.planned')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.join('|')}>
                {row.map((cell, index) => (
                  <td key={`${cell} ${index}`}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
