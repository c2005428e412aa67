import { Button, Modal } from 'antd';
import { routes, type PlanWhatIf } from '@springtide/contracts';
import { useState } from 'react';
import { useText } from '../../i18n/language.js';
import { useCommand } from '../../shared/api/use-answer.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { changedInput } from './change.js';

const OPEN = ['draft', 'planned', 'approved'];

type Props = Readonly<{ question: PlanWhatIf; onKept: () => void }>;

/** Makes the change that was tried the campaign's own, or says why that cannot be. */
export function KeepChange({ question, onKept }: Props) {
  const text = useText();
  const { status } = useCampaign();
  const [asked, setAsked] = useState(false);
  if (!OPEN.includes(status)) return <p className="quiet">{text('what-if.not-kept-running')}</p>;
  if (question.excludeRegions.length > 0) return <p className="quiet">{text('what-if.not-kept-region')}</p>;
  return (
    <>
      <Button type="primary" onClick={() => setAsked(true)}>
        {text('what-if.keep')}
      </Button>
      {asked && <Confirmation question={question} onKept={onKept} onLeave={() => setAsked(false)} />}
    </>
  );
}

/** Says what is replaced and what no longer holds before it is done. */
function Confirmation({ question, onKept, onLeave }: Props & Readonly<{ onLeave: () => void }>) {
  const text = useText();
  const campaign = useCampaign();
  const update = useCommand(routes.campaignUpdate);
  const request = useCommand(routes.planRequest);
  const params = { id: campaign.id };
  const keep = (): void =>
    update.mutate(
      { params, body: changedInput(campaign, question), ifMatch: campaign.version },
      {
        onSuccess: () => {
          onKept();
          request.mutate({ params });
        },
      },
    );
  const error = update.error ?? request.error;
  return (
    <Modal
      open
      title={text('what-if.keep')}
      okText={text('what-if.keep')}
      cancelText={text('common.cancel')}
      onCancel={onLeave}
      onOk={keep}
      confirmLoading={update.isPending || request.isPending}
    >
      <p>{text('what-if.keep-note')}</p>
      {error && <ProblemNote error={error} />}
    </Modal>
  );
}
