import { Button, InputNumber } from 'antd';
import { routes, type ScalingBody } from '@springtide/contracts';
import { useId, useState, type FormEvent } from 'react';
import { useText } from '../../i18n/language.js';
import { useCommand } from '../../shared/api/use-answer.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { railsOf, withRails, type Rails } from './rails.js';

const MOST = 100_000;

/** Changes floor, ceiling and the number set by hand; somebody else's change meanwhile is not overwritten. */
export function RailsForm({ scaling }: Readonly<{ scaling: ScalingBody }>) {
  const text = useText();
  const field = useId();
  const put = useCommand(routes.scalingPut);
  const [entered, setEntered] = useState<Rails | null>(null);
  const rails = entered ?? railsOf(scaling);
  const disordered = rails.floor > rails.ceiling;
  const number = (name: keyof Rails, missing: Rails[keyof Rails]) => (
    <>
      <label htmlFor={`${field}-${name}`}>{text(`scaling.enter.${name}`)}</label>
      <InputNumber
        id={`${field}-${name}`}
        min={0}
        max={MOST}
        precision={0}
        value={rails[name]}
        onChange={(value) => setEntered({ ...rails, [name]: value ?? missing })}
      />
    </>
  );
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (entered === null || disordered) return;
    const { service, version } = scaling;
    put.mutate(
      { params: { service }, body: withRails(scaling, entered), ifMatch: version },
      { onSuccess: () => setEntered(null) },
    );
  };
  return (
    <form className="filters" onSubmit={send}>
      {number('floor', 0)}
      {number('ceiling', scaling.ceiling)}
      {number('byHand', null)}
      <Button htmlType="submit" disabled={entered === null || disordered} loading={put.isPending}>
        {text('scaling.enter.save')}
      </Button>
      {disordered && (
        <p className="bad-text" role="alert">
          {text('scaling.enter.order')}
        </p>
      )}
      {put.error && <ProblemNote error={put.error} />}
    </form>
  );
}
