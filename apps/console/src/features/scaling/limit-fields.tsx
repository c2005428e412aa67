import { useText } from '../../i18n/language.js';
import { NumberField, TextField } from './form-fields.js';
import type { ScalingDraft } from './scaling-draft.js';

type Props = Readonly<{ draft: ScalingDraft; onChange: (draft: ScalingDraft) => void }>;

/** What holds whatever strategies want: how few and how many, how fast down, and the money of a month. */
export function LimitFields({ draft, onChange }: Props) {
  const text = useText();
  const { money } = draft;
  const number = (name: 'floor' | 'ceiling' | 'cooldownSeconds' | 'largestScaleIn', hint?: string) => (
    <NumberField
      name={name}
      path={name}
      whole={name !== 'largestScaleIn'}
      hint={hint}
      value={draft[name]}
      onChange={(value) => onChange({ ...draft, [name]: value })}
    />
  );
  return (
    <>
      <div className="entries">
        {number('floor')}
        {number('ceiling')}
        {number('cooldownSeconds', text('scaling.cooldown-note'))}
        {number('largestScaleIn')}
      </div>
      <div className="entries">
        <TextField
          name="amount"
          path="moneyPerMonth.amount"
          most={40}
          hint={text('scaling.amount-note')}
          value={money.amount}
          onChange={(amount) => onChange({ ...draft, money: { ...money, amount } })}
        />
        <TextField
          name="currency"
          path="moneyPerMonth.currency"
          most={3}
          value={money.currency}
          onChange={(currency) => onChange({ ...draft, money: { ...money, currency } })}
        />
      </div>
    </>
  );
}
