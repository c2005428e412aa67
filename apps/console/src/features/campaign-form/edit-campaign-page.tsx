import { Alert } from 'antd';
import { routes, type CampaignBody } from '@springtide/contracts';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { Page } from '../../shared/ui/page.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { CampaignState } from '../campaigns/campaign-state.js';
import { isEditable } from '../campaigns/editable.js';
import { CampaignForm } from './campaign-form.js';
import { draftOf } from './draft.js';

export function EditCampaignPage() {
  const { id = '' } = useParams();
  const me = useAnswer(routes.whoAmI, {});
  const answer = useAnswer(routes.campaignGet, { params: { id } });
  return (
    <Waiting answer={me}>
      {({ user }) => (
        <Waiting answer={answer}>
          {(campaign) => <EditCampaign key={campaign.id} owner={user.id} newest={campaign} />}
        </Waiting>
      )}
    </Waiting>
  );
}

function EditCampaign({ owner, newest }: Readonly<{ owner: string; newest: CampaignBody }>) {
  const text = useText();
  const update = useCommand(routes.campaignUpdate);
  // What is typed is a change of the campaign as it was when the page was opened.
  const [campaign] = useState(newest);
  const [initial] = useState(() => draftOf(campaign));
  const { id, name, status, version } = campaign;
  return (
    <Page
      title={text('form.edit', { name })}
      aside={
        <>
          <CampaignState status={newest.status} />
          <Link to={`/campaigns/${id}/overview`}>{text('form.back')}</Link>
        </>
      }
    >
      {newest.version !== version && !update.isPending && !update.isSuccess && (
        <Alert
          type="warning"
          showIcon
          title={text('form.overtaken')}
          action={
            <Link reloadDocument to={`/campaigns/${id}/edit`}>
              {text('form.overtaken.open')}
            </Link>
          }
        />
      )}
      {isEditable(status) ? (
        <CampaignForm
          owner={owner}
          subject={`edit.${id}.${version}`}
          initial={initial}
          ownId={id}
          save={(body, done) =>
            update.mutate({ params: { id }, body, ifMatch: version }, { onSuccess: done })
          }
          saving={update.isPending}
          error={update.error}
          note={text('form.edit.note')}
        />
      ) : (
        <p>{text('form.not-editable')}</p>
      )}
    </Page>
  );
}
