import { useMutation, useQueryClient } from '@tanstack/react-query';
import { routes, type PlanWhatIf } from '@springtide/contracts';
import { useSession } from '../../app/session.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { changedInput } from './change.js';

/**
 * Makes a change the campaign's own and has it planned. Both in one, because what is on the page may change between them;
 * a campaign that was edited meanwhile is refused by its version.
 */
export function useKeep(onKept: () => void) {
  const { client } = useSession();
  const queries = useQueryClient();
  const campaign = useCampaign();
  return useMutation<void, Error, PlanWhatIf>({
    mutationFn: async (question) => {
      const params = { id: campaign.id };
      const body = changedInput(campaign, question);
      await client.call(routes.campaignUpdate, { params, body, ifMatch: campaign.version });
      await client.call(routes.planRequest, { params });
    },
    onSuccess: onKept,
    onSettled: async () => await queries.invalidateQueries(),
  });
}
