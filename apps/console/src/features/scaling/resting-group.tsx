import { Alert } from 'antd';
import type { ScalingRestShown } from '@springtide/contracts';
import { Link } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Told } from '../../shared/ui/told.js';
import { DecideReturn } from './decide-return.js';

type Props = Readonly<{ service: string; rest: ScalingRestShown }>;

/** A scaling group that gave way to a campaign: why it rests, when it comes back, and who decides. */
export function RestingGroup({ service, rest }: Props) {
  const text = useText();
  const format = useFormat();
  const until = format.instant(rest.until);
  return (
    <Alert
      className="rest"
      type="info"
      showIcon
      role="status"
      title={text('scaling.rest.title', { name: rest.name })}
      description={
        <>
          <p>
            <Told sentences={rest.sentences} english={rest.text} />
          </p>
          <p className="quiet">
            {text('scaling.rest.since', { since: format.instant(rest.since) })}{' '}
            {rest.expectedAt !== null &&
              text('scaling.rest.expected', { at: format.instant(rest.expectedAt) })}{' '}
            {rest.moneyLeft === null
              ? text('scaling.rest.until', { until })
              : text('scaling.rest.left', { until, money: format.money(rest.moneyLeft) })}
          </p>
          <div className="actions">
            {rest.choice !== null && <DecideReturn service={service} rest={rest} choice={rest.choice} />}
            <Link to={`/campaigns/${rest.campaignId}/run`}>{text('scaling.group')}</Link>
          </div>
        </>
      }
    />
  );
}
