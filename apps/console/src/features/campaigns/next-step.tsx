import { Button } from 'antd';
import { routes, type CampaignBody } from '@springtide/contracts';
import { Link, useNavigate } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { useCampaign } from './campaign-page.js';

const REFRESH_MS = 5_000;

/** Where the next step is taken, by what there is so far. */
const STEPS = {
  solving: { told: 'next.solving', to: 'plan', action: 'next.see-plan' },
  planned: { told: 'next.planned', to: 'approval', action: 'next.ask' },
  approved: { told: 'next.approved', to: 'run', action: 'next.arm' },
} as const;

/** What a campaign that does not run yet waits for, and the way there. */
export function NextStep() {
  const { id, status } = useCampaign();
  if (status === 'draft') return <MakePlan id={id} />;
  return status === 'planned' || status === 'approved' ? <Step at={status} /> : null;
}

function MakePlan({ id }: Pick<CampaignBody, 'id'>) {
  const text = useText();
  const navigate = useNavigate();
  const plans = useAnswer(routes.planList, { params: { id } }, { everyMs: REFRESH_MS });
  const request = useCommand(routes.planRequest);
  const newest = plans.data?.items[0]?.status;
  if (newest === 'solving') return <Step at="solving" />;
  const failed = newest === 'infeasible' || newest === 'failed';
  return (
    <Section title={text('next.title')} note={text(failed ? 'next.solved' : 'next.draft')}>
      {request.error && <ProblemNote error={request.error} />}
      <div className="actions">
        <Button
          type="primary"
          loading={request.isPending}
          onClick={() =>
            request.mutate({ params: { id } }, { onSuccess: () => void navigate(`/campaigns/${id}/plan`) })
          }
        >
          {text('plan.make')}
        </Button>
        {failed && <Link to={`/campaigns/${id}/plan`}>{text('next.see-plan')}</Link>}
      </div>
    </Section>
  );
}

function Step({ at }: Readonly<{ at: keyof typeof STEPS }>) {
  const text = useText();
  const { id } = useCampaign();
  const { told, to, action } = STEPS[at];
  return (
    <Section title={text('next.title')} note={text(told)}>
      <Link to={`/campaigns/${id}/${to}`} className="button-link">
        {text(action)}
      </Link>
    </Section>
  );
}
