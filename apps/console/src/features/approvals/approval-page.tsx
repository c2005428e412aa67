import { Button } from 'antd';
import { routes, type ApprovalBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useCommand } from '../../shared/api/use-answer.js';
import { usePages } from '../../shared/api/use-pages.js';
import { useFormat } from '../../shared/format/format.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { RehearsalEvidence } from '../rehearsals/rehearsal-evidence.js';
import { ApprovalState } from './approval-state.js';
import { DecisionForm } from './decision-form.js';
import { EnvelopeCard } from './envelope-card.js';

const REFRESH_MS = 5_000;

export function ApprovalPage() {
  const text = useText();
  const campaign = useCampaign();
  const pages = usePages(routes.approvalList, { limit: 200 }, REFRESH_MS);
  const own = pages.items.filter((approval) => approval.campaignId === campaign.id);
  const open = own.some(({ status }) => status === 'requested' || status === 'approved');
  return (
    <>
      {pages.error && <ProblemNote error={pages.error} />}
      {!open && !pages.loading && <AskForApproval />}
      {own.map((approval) => (
        <OneApproval key={approval.id} approval={approval} />
      ))}
      {own.length === 0 && pages.more && (
        <Button onClick={pages.more} loading={pages.loadingMore}>
          {text('approval.older')}
        </Button>
      )}
    </>
  );
}

function AskForApproval() {
  const text = useText();
  const { currentPlanId } = useCampaign();
  const ask = useCommand(routes.approvalRequest);
  if (currentPlanId === null) return <p>{text('approval.no-plan')}</p>;
  return (
    <Section title={text('approval.ask-title')} note={text('approval.ask-note')}>
      {ask.error && <ProblemNote error={ask.error} />}
      <Button
        type="primary"
        loading={ask.isPending}
        onClick={() => ask.mutate({ params: { id: currentPlanId } })}
      >
        {text('approval.ask')}
      </Button>
    </Section>
  );
}

function OneApproval({ approval }: Readonly<{ approval: ApprovalBody }>) {
  const { timeZone } = useCampaign();
  const text = useText();
  const format = useFormat();
  return (
    <Section
      title={text('approval.envelope')}
      note={text('approval.envelope-note')}
      aside={<ApprovalState status={approval.status} />}
    >
      <EnvelopeCard approval={approval} timeZone={timeZone} />
      <RehearsalEvidence planId={approval.planId} />
      {approval.decidedAt && (
        <p>{text('approval.decided', { at: format.instant(approval.decidedAt, timeZone) })}</p>
      )}
      {approval.comment && <blockquote>{approval.comment}</blockquote>}
      {approval.status === 'requested' && <DecisionForm approval={approval} />}
    </Section>
  );
}
