import type { ReactNode } from 'react';
import { useFormat, type MoneyText } from '../format/format.js';

type Props = Readonly<{
  value: MoneyText;
  /** What one hour costs is a little finer than what is paid in the end. */
  rate?: boolean;
}>;

/** Money as people write it; pointing at it tells it to the last digit. */
export function Amount({ value, rate = false }: Props): ReactNode {
  const format = useFormat();
  return (
    <span title={`${value.amount} ${value.currency}`}>{rate ? format.rate(value) : format.money(value)}</span>
  );
}
