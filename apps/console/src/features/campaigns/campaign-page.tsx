import { routes, type CampaignBody } from '@springtide/contracts';
import { NavLink, Outlet, useOutletContext, useParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { Page } from '../../shared/ui/page.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { CampaignState } from './campaign-state.js';

const PARTS = [
  'overview',
  'plan',
  'compare',
  'rehearsal',
  'readiness',
  'approval',
  'run',
  'report',
  'cost',
] as const;
const REFRESH_MS = 5_000;

export function CampaignPage() {
  const text = useText();
  const { id = '' } = useParams();
  const answer = useAnswer(routes.campaignGet, { params: { id } }, { everyMs: REFRESH_MS });
  return (
    <Waiting answer={answer}>
      {(campaign) => (
        <Page title={campaign.name} aside={<CampaignState status={campaign.status} />}>
          <nav className="parts" aria-label={text('campaign.parts')}>
            {PARTS.map((part) => (
              <NavLink key={part} to={part}>
                {text(`campaign.part.${part}`)}
              </NavLink>
            ))}
          </nav>
          <Outlet context={campaign} />
        </Page>
      )}
    </Waiting>
  );
}

/** The campaign of the page around. */
export function useCampaign(): CampaignBody {
  return useOutletContext<CampaignBody>();
}
