import { Button, Modal } from 'antd';
import { routes } from '@springtide/contracts';
import { useState } from 'react';
import { Link } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useCommand } from '../../shared/api/use-answer.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { useCampaign } from './campaign-page.js';
import { isEditable } from './editable.js';

/** What may be done with the campaign itself, rather than with its plan or run. */
export function CampaignActions() {
  const text = useText();
  const { id, status } = useCampaign();
  const [asked, setAsked] = useState(false);
  return (
    <div className="actions">
      {isEditable(status) && <Link to={`/campaigns/${id}/edit`}>{text('campaign.edit')}</Link>}
      <Link to={`/campaigns/new?copy=${id}`}>{text('campaign.copy')}</Link>
      {isEditable(status) && (
        <Button size="small" danger onClick={() => setAsked(true)}>
          {text('campaign.cancel')}
        </Button>
      )}
      {asked && <CancelDialog onDone={() => setAsked(false)} />}
    </div>
  );
}

function CancelDialog({ onDone }: Readonly<{ onDone: () => void }>) {
  const text = useText();
  const { id, name, version } = useCampaign();
  const cancel = useCommand(routes.campaignCancel);
  return (
    <Modal
      open
      title={text('campaign.cancel')}
      okText={text('campaign.cancel')}
      okButtonProps={{ danger: true }}
      cancelText={text('common.cancel')}
      confirmLoading={cancel.isPending}
      onCancel={onDone}
      onOk={() => cancel.mutate({ params: { id }, ifMatch: version }, { onSuccess: onDone })}
    >
      <p>
        <strong>{name}</strong>
      </p>
      <p>{text('campaign.cancel.effect')}</p>
      {cancel.error && <ProblemNote error={cancel.error} />}
    </Modal>
  );
}
