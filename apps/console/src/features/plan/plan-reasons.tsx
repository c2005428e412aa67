import type { PlanPool, Reason } from '@springtide/contracts';
import { knownKey, useText, type Text, type TextParams } from '../../i18n/language.js';
import { useFormat, type Format } from '../../shared/format/format.js';

/** A decimal number as the server writes amounts. */
const EXACT = /^-?\d+\.\d+$/;

type Props = Readonly<{ reasons: readonly Reason[]; pools: readonly PlanPool[] }>;

/** Why the plan is as it is; a code this console does not know yet is shown in the server's own English. */
export function PlanReasons({ reasons, pools }: Props) {
  const text = useText();
  const format = useFormat();
  if (reasons.length === 0) return <p className="quiet">{text('plan.no-reasons')}</p>;
  return (
    <ul className="reasons">
      {reasons.map((reason, index) => {
        const key = knownKey(`reason.${reason.code}`);
        const unique = `${reason.code} ${index}`;
        if (!key) {
          return (
            <li key={unique} lang="en">
              {reason.text}
            </li>
          );
        }
        return <li key={unique}>{text(key, wordsOf({ text, format }, pools, reason))}</li>;
      })}
    </ul>
  );
}

type Words = Readonly<{ text: Text; format: Format }>;

/** Pools by the names people know them by, phases and causes in the reader's language. */
function wordsOf(words: Words, pools: readonly PlanPool[], reason: Reason): TextParams {
  const entries = Object.entries(reason.params).map(([name, value]) => [
    name,
    wordOf(words, pools, name, value),
  ]);
  return Object.fromEntries(entries) as TextParams;
}

function wordOf(
  { text, format }: Words,
  pools: readonly PlanPool[],
  name: string,
  value: string | number,
): string | number {
  if (typeof value === 'number') return value;
  const translated = (full: string, word: string): string => {
    const key = knownKey(full);
    return key ? text(key) : word;
  };
  if (name === 'phase') return translated(`phase.${value}`, value);
  if (name === 'option') return translated(`option.${value}`, value);
  if (name === 'kind') return translated(`relief.${value}`, value);
  if (name === 'causes')
    return value
      .split(', ')
      .map((cause) => translated(`cause.${cause}`, cause))
      .join(text('common.list'));
  if (name === 'pools')
    return value
      .split(', ')
      .map((id) => poolName(pools, id))
      .join(text('common.list'));
  if (EXACT.test(value)) return format.amount(value);
  return poolName(pools, value);
}

/** By account, zone and type; one that is not known here keeps its id, which says the same. */
export function poolName(pools: readonly PlanPool[], id: string): string {
  const pool = pools.find((one) => one.id === id);
  return pool ? `${pool.accountName} ${pool.zone} ${pool.machineType}` : id;
}
