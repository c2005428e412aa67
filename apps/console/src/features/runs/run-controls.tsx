import { Button, Input, InputNumber, Modal } from 'antd';
import { routes, type RunBody, type RunCommand } from '@springtide/contracts';
import { useId, useRef, useState } from 'react';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { Told } from '../../shared/ui/told.js';
import { useCampaign } from '../campaigns/campaign-page.js';

const ORDERS = ['pause', 'resume', 'extend', 'abort'] as const;
type Order = (typeof ORDERS)[number];

export function RunControls({ run }: Readonly<{ run: RunBody }>) {
  const text = useText();
  const me = useAnswer(routes.whoAmI, {});
  const [asked, setAsked] = useState<Order | null>(null);
  const opener = useRef<HTMLElement | null>(null);
  const close = (): void => {
    setAsked(null);
    // After the dialog is gone, which holds the focus while it is there.
    setTimeout(() => opener.current?.focus());
  };
  const holds = (permission: string): boolean =>
    me.data?.permissions.some((one) => one === permission || one === '*') ?? false;
  const offered = ORDERS.filter((order) => fits(order, run.state));
  return (
    <div className="controls">
      <p>
        <strong>{text('run.if-stopped')}</strong>{' '}
        <Told sentences={run.ifStoppedSentences} english={run.ifStopped} />
      </p>
      <div className="actions">
        {offered.map((order) => (
          <Button
            key={order}
            danger={order === 'abort'}
            disabled={!holds(order === 'abort' ? 'run:stop' : 'run:operate')}
            onClick={(event) => {
              opener.current = event.currentTarget;
              setAsked(order);
            }}
          >
            {text(`run.order.${order}`)}
          </Button>
        ))}
      </div>
      {asked && <OrderDialog order={asked} run={run} onDone={close} />}
    </div>
  );
}

function fits(order: Order, state: RunBody['state']): boolean {
  if (order === 'resume') return state === 'paused';
  if (order === 'abort') return state !== 'scaling-back' && state !== 'verifying';
  return state === 'armed' || state === 'ramping' || state === 'holding';
}

type DialogProps = Readonly<{ order: Order; run: RunBody; onDone: () => void }>;

/** Says what the order does to machines and money before it is given; abort wants the campaign's name as well. */
function OrderDialog({ order, run, onDone }: DialogProps) {
  const text = useText();
  const campaign = useCampaign();
  const field = useId();
  const command = useCommand(routes.runCommand);
  const [minutes, setMinutes] = useState(5);
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const send = (): void =>
    command.mutate(
      { params: { id: run.id }, body: bodyOf(order, minutes, reason), ifMatch: run.version },
      { onSuccess: onDone },
    );
  return (
    <Modal
      open
      title={text(`run.order.${order}`)}
      onCancel={onDone}
      onOk={send}
      okText={text(`run.order.${order}`)}
      cancelText={text('common.cancel')}
      confirmLoading={command.isPending}
      okButtonProps={{ danger: order === 'abort', disabled: order === 'abort' && typed !== campaign.name }}
    >
      <p>{text(`run.effect.${order}`)}</p>
      <p>
        <strong>{text('run.if-stopped')}</strong>{' '}
        <Told sentences={run.ifStoppedSentences} english={run.ifStopped} />
      </p>
      {order === 'extend' && (
        <p>
          <label htmlFor={`${field}-minutes`}>{text('run.minutes')}</label>{' '}
          <InputNumber
            id={`${field}-minutes`}
            min={0.1}
            max={10_080}
            value={minutes}
            onChange={(value) => setMinutes(value ?? 5)}
          />
        </p>
      )}
      {order === 'abort' && (
        <>
          <label htmlFor={`${field}-reason`}>{text('run.reason')}</label>
          <Input
            id={`${field}-reason`}
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <label htmlFor={`${field}-name`}>{text('run.type-name', { name: campaign.name })}</label>
          <Input
            id={`${field}-name`}
            value={typed}
            autoComplete="off"
            onChange={(event) => setTyped(event.target.value)}
          />
        </>
      )}
      {command.error && <ProblemNote error={command.error} />}
    </Modal>
  );
}

function bodyOf(order: Order, minutes: number, reason: string): RunCommand {
  if (order === 'extend') return { command: 'extend', minutes };
  if (order === 'abort') return { command: 'abort', reason };
  return { command: order };
}
