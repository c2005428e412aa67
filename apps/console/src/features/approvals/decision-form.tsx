import { Alert, Button, Input } from 'antd';
import { routes, type ApprovalBody } from '@springtide/contracts';
import { useId, useState } from 'react';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';

/** The server decides who may decide; what is known beforehand is said beforehand. */
export function DecisionForm({ approval }: Readonly<{ approval: ApprovalBody }>) {
  const text = useText();
  const field = useId();
  const me = useAnswer(routes.whoAmI, {});
  const decide = useCommand(routes.approvalDecide);
  const [comment, setComment] = useState('');
  const author = me.data?.user.id === approval.requestedBy;
  const allowed = me.data?.permissions.some((one) => one === 'campaign:approve' || one === '*') ?? false;
  const send = (decision: 'approve' | 'reject'): void =>
    decide.mutate({
      params: { id: approval.id },
      body: { decision, ...(comment === '' ? {} : { comment }) },
    });
  return (
    <div className="decision">
      {author && <Alert type="info" showIcon title={text('approval.own')} />}
      {!author && me.data && !allowed && <Alert type="info" showIcon title={text('approval.not-allowed')} />}
      {decide.error && <ProblemNote error={decide.error} />}
      <label htmlFor={field}>{text('approval.comment')}</label>
      <Input.TextArea
        id={field}
        rows={2}
        maxLength={1000}
        value={comment}
        onChange={(event) => setComment(event.target.value)}
      />
      <div className="actions">
        <Button
          type="primary"
          disabled={author || !allowed}
          loading={decide.isPending}
          onClick={() => send('approve')}
        >
          {text('approval.approve')}
        </Button>
        <Button
          danger
          disabled={author || !allowed}
          loading={decide.isPending}
          onClick={() => send('reject')}
        >
          {text('approval.reject')}
        </Button>
      </div>
    </div>
  );
}
