import { useLanguage, useText } from '../../i18n/language.js';
import { MARKS, weeksOf, type DayMarks, type Mark } from './calendar-days.js';

/** One sign per kind, so that colour is not all that tells them apart. */
const SIGNS: Readonly<Record<Mark, string>> = {
  sale: '★',
  festival: '●',
  campaign: '◆',
  freeze: '✕',
  clash: '▲',
};

type Props = Readonly<{ year: number; month: number; days: ReadonlyMap<string, DayMarks>; today: string }>;

export function MonthTable({ year, month, days, today }: Props) {
  const language = useLanguage();
  const name = new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' });
  const weekday = new Intl.DateTimeFormat(language, { weekday: 'narrow', timeZone: 'UTC' });
  const whole = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' });
  // A week that begins on a Monday.
  const week = Array.from({ length: 7 }, (_, index) => new Date(Date.UTC(2024, 0, 1 + index)));
  return (
    <table className="month">
      <caption>{name.format(new Date(Date.UTC(year, month, 1)))}</caption>
      <thead>
        <tr>
          {week.map((day) => (
            <th key={day.getTime()} scope="col" abbr={whole.format(day)}>
              {weekday.format(day)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeksOf(year, month).map((row) => (
          <tr key={row.find(Boolean) ?? ''}>
            {row.map((day, index) => (
              <Day key={day ?? index} day={day} marks={days.get(day ?? '')} isToday={day === today} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type DayProps = Readonly<{ day: string | null; marks: DayMarks | undefined; isToday: boolean }>;

function Day({ day, marks, isToday }: DayProps) {
  const text = useText();
  if (day === null) return <td />;
  const shown = MARKS.filter((mark) => marks?.has(mark));
  const told = shown.map((mark) => {
    const names = [...new Set(marks?.get(mark))].filter((name) => name !== '');
    return `${text(`calendar.mark.${mark}`)} ${names.join(text('common.list'))}`.trim();
  });
  const strongest = shown.at(-1);
  return (
    <td
      className={[strongest, isToday ? 'today' : undefined].filter(Boolean).join(' ') || undefined}
      title={told.join('; ') || undefined}
      aria-current={isToday ? 'date' : undefined}
    >
      {Number(day.slice(-2))}
      {shown.length > 0 && (
        <>
          <span className="signs" aria-hidden="true">
            {shown.map((mark) => SIGNS[mark]).join('')}
          </span>
          <span className="unseen">{told.join('; ')}</span>
        </>
      )}
    </td>
  );
}

export function Legend() {
  const text = useText();
  return (
    <ul className="signs-legend">
      {MARKS.map((mark) => (
        <li key={mark}>
          <span className={`sign ${mark}`} aria-hidden="true">
            {SIGNS[mark]}
          </span>{' '}
          {text(`calendar.mark.${mark}`)}
        </li>
      ))}
    </ul>
  );
}
