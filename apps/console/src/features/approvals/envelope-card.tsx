import type { ApprovalBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Facts } from '../../shared/ui/figures.js';

/** What saying yes allows, and nothing beyond it. */
export function EnvelopeCard({ approval }: Readonly<{ approval: ApprovalBody }>) {
  const text = useText();
  const format = useFormat();
  const { envelope } = approval;
  return (
    <Facts
      items={[
        { label: text('envelope.budget'), value: format.money(envelope.budget) },
        { label: text('envelope.per-hour'), value: format.money(envelope.maxPerHour) },
        { label: text('envelope.machines'), value: format.number(envelope.maxMachines, 0) },
        { label: text('envelope.pools'), value: format.number(envelope.poolIds.length, 0) },
        { label: text('envelope.latest-start'), value: format.instant(envelope.latestStart) },
        { label: text('envelope.expires'), value: format.instant(approval.expiresAt) },
        { label: text('plan.hash'), value: <code>{envelope.planHash}</code> },
      ]}
    />
  );
}
