import type { RunBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { Amount } from '../../shared/ui/amount.js';
import { Facts } from '../../shared/ui/figures.js';

type Spend = RunBody['spend'];

export function SpendBar({ spend }: Readonly<{ spend: Spend }>) {
  const text = useText();
  return (
    <>
      <div className="spend" aria-hidden="true">
        <div className="committed" style={{ width: shareOf(spend.committed, spend.budget) }} />
        <div className="actual" style={{ width: shareOf(spend.actual, spend.budget) }} />
      </div>
      <Facts
        items={[
          { label: text('run.spent'), value: <Amount value={spend.actual} /> },
          { label: text('run.committed'), value: <Amount value={spend.committed} /> },
          { label: text('cost.planned'), value: <Amount value={spend.planned} /> },
          { label: text('common.budget'), value: <Amount value={spend.budget} /> },
        ]}
      />
    </>
  );
}

/** Only the drawn width is a binary number; the amounts beside it are exact. */
function shareOf(part: Spend['actual'], whole: Spend['budget']): string {
  const all = Number(whole.amount);
  return `${all > 0 ? Math.min(100, (Number(part.amount) / all) * 100) : 0}%`;
}
