import { Button, InputNumber } from 'antd';
import { REHEARSAL_STORMS, routes, type RehearsalBody, type RehearsalStorm } from '@springtide/contracts';
import { useId, useState } from 'react';
import { useText } from '../../i18n/language.js';
import { useCommand } from '../../shared/api/use-answer.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';

const HIGHEST_SEED = 1_000_000_000;

type Props = Readonly<{ planId: string; onStarted: (rehearsal: RehearsalBody) => void }>;

export function StartForm({ planId, onStarted }: Props) {
  const text = useText();
  const field = useId();
  const request = useCommand(routes.rehearsalRequest);
  const [storm, setStorm] = useState<RehearsalStorm>('calm');
  const [seed, setSeed] = useState(1);
  const start = (): void =>
    request.mutate({ params: { id: planId }, body: { storm, seed } }, { onSuccess: onStarted });
  return (
    <Section title={text('rehearsal.title')} note={text('rehearsal.note')}>
      {request.error && <ProblemNote error={request.error} />}
      <fieldset className="storms">
        <legend>{text('rehearsal.storm')}</legend>
        {REHEARSAL_STORMS.map((one) => (
          <label key={one} className="check">
            <input
              type="radio"
              name={field}
              value={one}
              checked={storm === one}
              onChange={() => setStorm(one)}
            />{' '}
            <span>
              <strong>{text(`rehearsal.storm.${one}`)}</strong>
              <span className="quiet">{text(`rehearsal.storm.${one}.note`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="filters">
        <label htmlFor={`${field}-seed`}>{text('rehearsal.seed')}</label>
        <InputNumber
          id={`${field}-seed`}
          min={1}
          max={HIGHEST_SEED}
          precision={0}
          value={seed}
          onChange={(value) => setSeed(value ?? 1)}
        />
        <span className="quiet">{text('rehearsal.seed-note')}</span>
      </div>
      <Button type="primary" loading={request.isPending} onClick={start}>
        {text('rehearsal.start')}
      </Button>
    </Section>
  );
}
