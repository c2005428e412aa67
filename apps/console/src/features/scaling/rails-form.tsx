import { Button, InputNumber } from 'antd';
import { ApiProblem, routes, type ScalingBody } from '@springtide/contracts';
import { useId, useState, type FormEvent } from 'react';
import { useText } from '../../i18n/language.js';
import { useCommand } from '../../shared/api/use-answer.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { railsOf, withRails, type Rails } from './rails.js';

const MOST = 100_000;

/** What was entered, and the version that it was entered over: the page reads newer ones while somebody types. */
type Entered = Readonly<{ rails: Rails; version: number }>;

/** Changes floor, ceiling and the number set by hand; somebody else's change meanwhile is not overwritten. */
export function RailsForm({ scaling }: Readonly<{ scaling: ScalingBody }>) {
  const text = useText();
  const field = useId();
  const put = useCommand(routes.scalingPut);
  const [entered, setEntered] = useState<Entered | null>(null);
  const rails = entered?.rails ?? railsOf(scaling);
  const version = entered?.version ?? scaling.version;
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
        onChange={(value) => setEntered({ rails: { ...rails, [name]: value ?? missing }, version })}
      />
    </>
  );
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (entered === null || disordered) return;
    put.mutate(
      { params: { service: scaling.service }, body: withRails(scaling, rails), ifMatch: version },
      {
        onSuccess: () => setEntered(null),
        // What was entered over an old version is let go of, so that the next try begins with what holds now.
        onError: (error) => {
          if (isOvertaken(error)) setEntered(null);
        },
      },
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

function isOvertaken(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 412;
}
