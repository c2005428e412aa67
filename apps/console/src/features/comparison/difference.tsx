import { useText } from '../../i18n/language.js';

/** How much more or less, with a mark of its own; what is the same says so. */
export function Difference({ value, shown }: Readonly<{ value: number; shown: string }>) {
  const text = useText();
  if (value === 0) return <span className="quiet">{text('compare.same')}</span>;
  return (
    <span className="difference">
      <span aria-hidden="true">{value > 0 ? '▲' : '▼'}</span> {shown}
    </span>
  );
}
