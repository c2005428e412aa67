import { Button, Modal } from 'antd';
import { routes, type ScalingRestShown } from '@springtide/contracts';
import { useRef, useState } from 'react';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';

type Props = Readonly<{
  service: string;
  rest: ScalingRestShown;
  choice: NonNullable<ScalingRestShown['choice']>;
}>;

/** Keeps a group off, or lets it come back; says before what that means for machines and money. */
export function DecideReturn({ service, rest, choice }: Props) {
  const text = useText();
  const format = useFormat();
  const me = useAnswer(routes.whoAmI, {});
  const decide = useCommand(routes.scalingReturn);
  const [isAsked, setAsked] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const mayOperate = me.data?.permissions.some((one) => one === 'run:operate' || one === '*') ?? false;
  const close = (): void => {
    setAsked(false);
    decide.reset();
    // After the dialog is gone, which holds the focus while it is there.
    setTimeout(() => opener.current?.focus());
  };
  return (
    <>
      <Button ref={opener} disabled={!mayOperate} onClick={() => setAsked(true)}>
        {text(`scaling.rest.${choice}`)}
      </Button>
      {me.data && !mayOperate && <span className="quiet">{text('scaling.rest.not-allowed')}</span>}
      {isAsked && (
        <Modal
          open
          title={text(`scaling.rest.${choice}`)}
          okText={text(`scaling.rest.${choice}`)}
          cancelText={text('common.cancel')}
          confirmLoading={decide.isPending}
          onCancel={close}
          onOk={() =>
            decide.mutate(
              { params: { service }, body: { comesBack: choice === 'let-back' } },
              { onSuccess: close },
            )
          }
        >
          <p>
            {text(`scaling.rest.${choice}.means`, { name: rest.name, until: format.instant(rest.until) })}
          </p>
          {decide.error && <ProblemNote error={decide.error} />}
        </Modal>
      )}
    </>
  );
}
