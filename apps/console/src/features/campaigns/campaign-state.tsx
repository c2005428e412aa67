import type { CampaignBody, RunBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { Badge, type Tone } from '../../shared/ui/badge.js';

const CAMPAIGN_TONES: Readonly<Record<CampaignBody['status'], Tone>> = {
  draft: 'idle',
  planned: 'idle',
  approved: 'good',
  armed: 'busy',
  running: 'busy',
  'scaling-back': 'busy',
  closed: 'good',
  cancelled: 'idle',
  stuck: 'bad',
};

export const RUN_TONES: Readonly<Record<RunBody['state'], Tone>> = {
  armed: 'busy',
  ramping: 'busy',
  holding: 'good',
  paused: 'warn',
  'safe-hold': 'warn',
  'scaling-back': 'busy',
  verifying: 'busy',
  closed: 'good',
  stuck: 'bad',
};

export function CampaignState({ status }: Readonly<{ status: CampaignBody['status'] }>) {
  const text = useText();
  return <Badge tone={CAMPAIGN_TONES[status]}>{text(`campaign.status.${status}`)}</Badge>;
}

export function RunState({ state }: Readonly<{ state: RunBody['state'] }>) {
  const text = useText();
  return <Badge tone={RUN_TONES[state]}>{text(`run.state.${state}`)}</Badge>;
}
