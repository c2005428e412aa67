import { Button, Input, Modal } from 'antd';
import { VOUCHES_WITH, routes, type ReadinessLine } from '@springtide/contracts';
import { useId, useState } from 'react';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { useSentence } from './sentence.js';

/** Only those who see to such things are offered it; the server decides. The word holds until the campaign is over. */
export function Vouch({ line }: Readonly<{ line: ReadinessLine }>) {
  const text = useText();
  const me = useAnswer(routes.whoAmI, {});
  const [asked, setAsked] = useState(false);
  if (me.data?.permissions.includes(VOUCHES_WITH[line.owner]) !== true) return null;
  return (
    <div className="actions">
      <Button size="small" onClick={() => setAsked(true)}>
        {text('readiness.vouch')}
      </Button>
      {asked && <VouchForm line={line} onDone={() => setAsked(false)} />}
    </div>
  );
}

function VouchForm({ line, onDone }: Readonly<{ line: ReadinessLine; onDone: () => void }>) {
  const text = useText();
  const format = useFormat();
  const sentence = useSentence();
  const field = useId();
  const { id, phases, timeZone } = useCampaign();
  const attest = useCommand(routes.readinessAttest);
  const [statement, setStatement] = useState('');
  const until = phases.at(-1)?.endsAt ?? '';
  const send = (): void =>
    attest.mutate({ params: { id }, body: { key: line.key, statement, until } }, { onSuccess: onDone });
  return (
    <Modal
      open
      title={text('readiness.vouch-title')}
      okText={text('readiness.vouch')}
      cancelText={text('common.cancel')}
      okButtonProps={{ disabled: statement.trim().length < 3, loading: attest.isPending }}
      onOk={send}
      onCancel={onDone}
    >
      {attest.error && <ProblemNote error={attest.error} />}
      <p>{sentence(line.finding)}</p>
      <p className="quiet">{text('readiness.vouch-note', { until: format.instant(until, timeZone) })}</p>
      <label htmlFor={field}>{text('readiness.statement')}</label>
      <Input.TextArea
        id={field}
        rows={2}
        maxLength={1000}
        value={statement}
        onChange={(event) => setStatement(event.target.value)}
      />
    </Modal>
  );
}
