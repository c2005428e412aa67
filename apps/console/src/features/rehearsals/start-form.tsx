import { Button, InputNumber, Select } from 'antd';
import { REHEARSAL_STORMS, routes, type RehearsalBody, type RehearsalStorm } from '@springtide/contracts';
import { useId, useState } from 'react';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';

const HIGHEST_SEED = 1_000_000_000;
const PLANNED = 'planned';

type Replay = Readonly<{ seriesId: string; multiple: number }>;

type Props = Readonly<{ planId: string; onStarted: (rehearsal: RehearsalBody) => void }>;

export function StartForm({ planId, onStarted }: Props) {
  const text = useText();
  const field = useId();
  const request = useCommand(routes.rehearsalRequest);
  const [storm, setStorm] = useState<RehearsalStorm>('calm');
  const [seed, setSeed] = useState(1);
  const [replay, setReplay] = useState<Replay | null>(null);
  const start = (): void =>
    request.mutate(
      { params: { id: planId }, body: { storm, seed, ...(replay && { replay }) } },
      { onSuccess: onStarted },
    );
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
      <DemandChoice replay={replay} onChange={setReplay} />
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

type DemandProps = Readonly<{ replay: Replay | null; onChange: (replay: Replay | null) => void }>;

/** The demand that was planned, or one that was really there. */
function DemandChoice({ replay, onChange }: DemandProps) {
  const text = useText();
  const field = useId();
  const series = useAnswer(routes.demandList, { query: { limit: 200 } });
  const multiple = replay?.multiple ?? 1;
  return (
    <div className="filters">
      <label htmlFor={`${field}-demand`}>{text('rehearsal.demand')}</label>
      <Select
        id={`${field}-demand`}
        value={replay?.seriesId ?? PLANNED}
        onChange={(value) => onChange(value === PLANNED ? null : { seriesId: value, multiple })}
        options={[
          { value: PLANNED, label: text('rehearsal.demand.planned') },
          ...(series.data?.items ?? []).map(({ id, name }) => ({
            value: id,
            label: text('rehearsal.demand.recorded', { name }),
          })),
        ]}
        className="filter"
      />
      {replay && (
        <>
          <label htmlFor={`${field}-multiple`}>{text('rehearsal.multiple')}</label>
          <InputNumber
            id={`${field}-multiple`}
            min={0.01}
            max={10_000}
            step={0.1}
            value={multiple}
            onChange={(value) => onChange({ ...replay, multiple: value ?? 1 })}
          />
          <span className="quiet">{text('rehearsal.demand-note')}</span>
        </>
      )}
      {series.error && <ProblemNote error={series.error} />}
    </div>
  );
}
