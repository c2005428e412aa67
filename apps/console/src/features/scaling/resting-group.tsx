import { Button } from 'antd';
import { routes, type ScalingRestShown } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';

type Props = Readonly<{ service: string; rest: ScalingRestShown }>;

/** A scaling group that gave way to a campaign: why it rests, when it comes back, and who decides. */
export function RestingGroup({ service, rest }: Props) {
  const text = useText();
  const format = useFormat();
  const campaigns = rest.waitsFor.map((name) => `“${name}”`).join(', ');
  const until = format.instant(rest.until);
  return (
    <div role="status">
      <p>
        <strong>{text('scaling.rest.title')}</strong> {text(`scaling.rest.${rest.reason}`, { campaigns })}
      </p>
      <p className="quiet">
        {rest.expectedAt !== null && text('scaling.rest.expected', { at: format.instant(rest.expectedAt) })}{' '}
        {rest.moneyLeft === null
          ? text('scaling.rest.until', { until })
          : text('scaling.rest.left', { until, money: format.money(rest.moneyLeft) })}
      </p>
      <DecideReturn service={service} rest={rest} />
    </div>
  );
}

function DecideReturn({ service, rest }: Props) {
  const text = useText();
  const me = useAnswer(routes.whoAmI, {});
  const decide = useCommand(routes.scalingReturn);
  const { choice } = rest;
  if (choice === null) return null;
  const mayOperate = me.data?.permissions.some((one) => one === 'run:operate' || one === '*') ?? false;
  const body = { comesBack: choice === 'let-back' };
  return (
    <>
      <Button
        disabled={!mayOperate}
        loading={decide.isPending}
        onClick={() => decide.mutate({ params: { service }, body })}
      >
        {text(`scaling.rest.${choice}`)}
      </Button>
      {decide.error && <ProblemNote error={decide.error} />}
    </>
  );
}
