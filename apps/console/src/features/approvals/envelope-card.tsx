import type { ApprovalBody } from '@springtide/contracts';
import { Link } from 'react-router';
import { knownKey, useText, type Text } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { lateStartText } from '../../shared/format/late-start.js';
import { Amount } from '../../shared/ui/amount.js';
import { Facts } from '../../shared/ui/figures.js';

type Props = Readonly<{ approval: ApprovalBody; timeZone: string }>;

/** What saying yes allows, and nothing beyond it. */
export function EnvelopeCard({ approval, timeZone }: Props) {
  const text = useText();
  const format = useFormat();
  const { envelope, readiness, rehearsal, shares } = approval;
  return (
    <Facts
      items={[
        { label: text('envelope.budget'), value: <Amount value={envelope.budget} /> },
        { label: text('envelope.per-hour'), value: <Amount value={envelope.maxPerHour} rate /> },
        { label: text('envelope.machines'), value: format.number(envelope.maxMachines, 0) },
        { label: text('envelope.latest-start'), value: format.instant(envelope.latestStart, timeZone) },
        { label: text('overview.late-start'), value: lateStartText(text, envelope.lateStart) },
        { label: text('envelope.expires'), value: format.instant(approval.expiresAt, timeZone) },
        {
          label: text('readiness.evidence'),
          value: readiness
            ? text('readiness.evidence-of', {
                verdict: text(`readiness.verdict.${readiness.verdict}`),
                at: format.instant(readiness.checkedAt, timeZone),
              })
            : text('readiness.evidence-none'),
        },
        {
          label: text('rehearsal.evidence'),
          value: rehearsal
            ? text(`rehearsal.evidence.${rehearsal.passed ? 'passed' : 'not-passed'}`, {
                storm: stormName(text, rehearsal.storm),
                at: format.instant(rehearsal.finishedAt, timeZone),
              })
            : text('rehearsal.evidence-none'),
        },
        ...shares.map(({ campaignId, share, closedAt, aborted }) => ({
          label: text('rehearsal.share'),
          value: (
            <Link to={`/campaigns/${campaignId}/report`}>
              {text(aborted ? 'rehearsal.share-aborted' : 'rehearsal.share-closed', {
                percent: format.percent(share),
                at: format.instant(closedAt, timeZone),
              })}
            </Link>
          ),
        })),
        { label: text('envelope.pools'), wide: true, value: envelope.poolIds.join(text('common.list')) },
        { label: text('plan.hash'), wide: true, value: <code>{envelope.planHash}</code> },
      ]}
    />
  );
}

function stormName(text: Text, storm: string): string {
  const key = knownKey(`rehearsal.storm.${storm}`);
  return key ? text(key) : storm;
}
