import { Input, Select } from 'antd';
import { useText } from '../../i18n/language.js';
import { FaultNote, Field } from '../../shared/form/field.js';
import { Section } from '../../shared/ui/page.js';
import { AccountStatus } from '../accounts/account-health.js';
import type { Draft } from './draft.js';
import type { FormFacts } from './use-form-facts.js';

type Props = Readonly<{ draft: Draft; facts: FormFacts; onChange: (draft: Draft) => void }>;

const USUAL_CURRENCIES = ['CNY', 'USD', 'EUR', 'HKD'];
const CURRENCIES = [...new Set([...USUAL_CURRENCIES, ...Intl.supportedValuesOf('currency')])];

export function MoneySection({ draft, facts, onChange }: Props) {
  const text = useText();
  return (
    <Section title={text('form.money')} note={text('form.money.note')}>
      <div className="form-row">
        <Field name="budget" label={text('common.budget')} note={text('form.budget.note')}>
          {(control) => (
            <Input
              {...control}
              inputMode="decimal"
              value={draft.budget}
              onChange={(event) => onChange({ ...draft, budget: event.target.value })}
            />
          )}
        </Field>
        <Field name="currency" label={text('form.currency')}>
          {(control) => (
            <Select
              {...control}
              showSearch
              value={draft.currency}
              onChange={(currency) => onChange({ ...draft, currency })}
              options={[...new Set([...CURRENCIES, draft.currency])].map((value) => ({
                value,
                label: value,
              }))}
            />
          )}
        </Field>
      </div>
      <Clouds draft={draft} facts={facts} onChange={onChange} />
    </Section>
  );
}

function Clouds({ draft, facts: { clouds, loading }, onChange }: Props) {
  const text = useText();
  const { accountIds } = draft;
  // A cloud that is not there any more can still be taken out.
  const gone = loading ? [] : accountIds.filter((id) => !clouds.some((cloud) => cloud.id === id));
  const set = (id: string, used: boolean): void => {
    const rest = accountIds.filter((one) => one !== id);
    onChange({ ...draft, accountIds: used ? [...rest, id] : rest });
  };
  return (
    <fieldset className="cloud-choice">
      <legend>{text('form.clouds')}</legend>
      {clouds.map((cloud) => (
        <label key={cloud.id} className="check">
          <input
            type="checkbox"
            checked={accountIds.includes(cloud.id)}
            onChange={(event) => set(cloud.id, event.target.checked)}
          />
          <span>
            {cloud.name} <span className="quiet">{text(`account.kind.${cloud.kind}`)}</span>{' '}
            {cloud.status !== 'healthy' && <AccountStatus status={cloud.status} />}
          </span>
        </label>
      ))}
      {gone.map((id) => (
        <label key={id} className="check">
          <input type="checkbox" checked onChange={() => set(id, false)} />
          <span>{text('form.cloud-gone', { id })}</span>
        </label>
      ))}
      {!loading && clouds.length === 0 && <p className="quiet">{text('account.none')}</p>}
      <FaultNote name="accountIds" />
    </fieldset>
  );
}
