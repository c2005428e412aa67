import { Button, InputNumber } from 'antd';
import { routes } from '@springtide/contracts';
import { useId, useState, type FormEvent } from 'react';
import { useNavigate } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useCommand } from '../../shared/api/use-answer.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';

const USUAL_PERCENT = 5;
const MOST_PERCENT = 50;

/** Makes a campaign of a share of the plan, and goes there: it is approved and armed like any other. */
export function ShareForm({ planId }: Readonly<{ planId: string }>) {
  const text = useText();
  const field = useId();
  const navigate = useNavigate();
  const request = useCommand(routes.shareRehearsalRequest);
  const [percent, setPercent] = useState(USUAL_PERCENT);
  const [at, setAt] = useState('');
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (at === '') return;
    const body = { share: percent / 100, startsAt: new Date(at).toISOString() };
    request.mutate(
      { params: { id: planId }, body },
      { onSuccess: ({ id }) => void navigate(`/campaigns/${id}/plan`) },
    );
  };
  return (
    <Section title={text('rehearsal.share')} note={text('rehearsal.share-note')}>
      {request.error && <ProblemNote error={request.error} />}
      <form className="filters" onSubmit={send}>
        <label htmlFor={`${field}-percent`}>{text('rehearsal.share-percent')}</label>
        <InputNumber
          id={`${field}-percent`}
          min={1}
          max={MOST_PERCENT}
          value={percent}
          onChange={(value) => setPercent(value ?? USUAL_PERCENT)}
        />
        <label htmlFor={`${field}-at`}>{text('rehearsal.share-at')}</label>
        <input
          id={`${field}-at`}
          type="datetime-local"
          value={at}
          onChange={(event) => setAt(event.target.value)}
        />
        <Button htmlType="submit" disabled={at === ''} loading={request.isPending}>
          {text('rehearsal.share-make')}
        </Button>
      </form>
    </Section>
  );
}
