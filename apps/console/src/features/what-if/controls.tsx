import { Button } from 'antd';
import { routes, type AccountBody, type PlanBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { isOut, without, zonesOf, type Change } from './change.js';
import { SliderField } from './slider-field.js';

const MOST_DEMAND = 3;
const DEMAND_STEP = 0.05;
const STEPS_OF_BUDGET = 100;

type Props = Readonly<{ plan: PlanBody; change: Change; onChange: (change: Change | null) => void }>;

export function Controls({ plan, change, onChange }: Props) {
  const text = useText();
  const { budget } = useCampaign();
  const step = niceStep(Number(budget.amount) / STEPS_OF_BUDGET);
  return (
    <div className="what-if">
      <SliderField
        label={text('what-if.demand')}
        unit="×"
        value={change.demandFactor}
        most={MOST_DEMAND}
        step={DEMAND_STEP}
        onChange={(value) => onChange({ ...change, demandFactor: value })}
      />
      <SliderField
        label={text('common.budget')}
        unit={budget.currency}
        value={change.budget}
        most={Math.ceil((2 * Number(budget.amount)) / step) * step}
        step={step}
        onChange={(value) => onChange({ ...change, budget: value })}
      />
      <Clouds plan={plan} change={change} onChange={onChange} />
      <Button onClick={() => onChange(null)}>{text('what-if.reset')}</Button>
    </div>
  );
}

/** 1, 2 or 5 times a power of ten, and never finer than a cent. */
function niceStep(wanted: number): number {
  if (wanted <= 0.01) return 0.01;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const times = [1, 2, 5, 10].find((one) => one * power >= wanted) ?? 10;
  return times * power;
}

function Clouds({ plan, change, onChange }: Props) {
  const text = useText();
  const { accountIds } = useCampaign();
  const accounts = useAnswer(routes.accountList, { query: { limit: 200 } });
  const nameOf = (id: string): string =>
    plan.pools.find(({ accountId }) => accountId === id)?.accountName ??
    accounts.data?.items.find((account) => account.id === id)?.name ??
    id;
  const left = accountIds.filter((id) => !change.accounts.includes(id));
  return (
    <fieldset className="clouds">
      <legend>{text('what-if.clouds')}</legend>
      {accountIds.map((accountId) => {
        const isIn = left.includes(accountId);
        const account = nameOf(accountId);
        const regions = regionsOf(plan, accountId, accounts.data?.items);
        return (
          <div key={accountId}>
            <Check
              label={regions.length > 0 ? text('what-if.cloud-only', { account }) : account}
              on={isIn}
              disabled={isIn && left.length === 1}
              onChange={() => onChange(without(change, accountId))}
            />
            {regions.map((region) => (
              <Check
                key={region}
                label={text('what-if.region', { account, region })}
                on={isIn && !isOut(change, { accountId, region })}
                disabled={!isIn}
                onChange={() => onChange(without(change, accountId, region))}
              />
            ))}
            {zonesOf(plan, accountId).map(({ region, zone, name }) => (
              <Check
                key={`${region} ${zone}`}
                label={text('what-if.zone', { account, zone: name })}
                on={isIn && ![{}, { zone }].some((one) => isOut(change, { accountId, region, ...one }))}
                disabled={!isIn || isOut(change, { accountId, region })}
                onChange={() => onChange(without(change, accountId, region, zone))}
              />
            ))}
          </div>
        );
      })}
      {left.length === 1 && <p className="quiet">{text('what-if.last-cloud')}</p>}
    </fieldset>
  );
}

/** None where there is only one: leaving it out is leaving the cloud out. */
function regionsOf(
  plan: PlanBody,
  accountId: string,
  accounts: readonly AccountBody[] = [],
): readonly string[] {
  const told = accounts.find(({ id }) => id === accountId)?.health?.regions ?? [];
  const used = plan.pools.filter((pool) => pool.accountId === accountId).map(({ region }) => region);
  const all = [...new Set([...told, ...used])].toSorted();
  return all.length > 1 ? all : [];
}

type CheckProps = Readonly<{ label: string; on: boolean; disabled: boolean; onChange: () => void }>;

function Check({ label, on, disabled, onChange }: CheckProps) {
  return (
    <label className="check">
      <input type="checkbox" checked={on} disabled={disabled} onChange={onChange} /> {label}
    </label>
  );
}
