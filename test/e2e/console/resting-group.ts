import { randomUUID } from 'node:crypto';
import { sentence, type ScalingRestBody } from '@springtide/contracts';
import type { Story } from './planning-story.js';

const DAY_MS = 86_400_000;

/** A group that gave way to a sale, as its run leaves it: why it rests is read, and it is kept off after a question. */
export async function keepGroupOff({ stage, page, campaign, pages }: Story, service: string): Promise<void> {
  const since = new Date();
  const rest: ScalingRestBody = {
    ...{ campaignId: campaign.id, name: 'weekdays', runId: randomUUID(), reason: 'campaign' },
    ...{ since: since.toISOString(), expectedAt: null, waitsFor: ['Double 12'] },
    until: new Date(since.getTime() + 30 * DAY_MS).toISOString(),
    moneyLeft: { currency: 'CNY', amount: '1834.20' },
    text: 'Rests for "Double 12".',
    sentences: [sentence('rest.campaign', { campaigns: '"Double 12"' })],
  };
  await stage.database.systemWork('test', async (tx) => {
    await tx.query(
      `insert into scaling_rest (tenant_id, run_id, services, phases, reason, content, since)
       values ($1, $2, $3::jsonb, '[]', $4, $5::jsonb, $6)`,
      [
        stage.tenant.tenantId,
        rest.runId,
        JSON.stringify([service]),
        rest.reason,
        JSON.stringify(rest),
        rest.since,
      ],
    );
  });
  await pages.show(page, '/scaling', '.rest');
  const group = page.locator('.rest');
  await group.getByText('Rests for "Double 12" until closed').waitFor();
  expect(await group.innerText()).toContain('CN¥1,834.20');
  await group.getByRole('button', { name: 'Keep it off' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('nothing is bought for it until somebody lets it come back').waitFor();
  await dialog.getByRole('button', { name: 'Keep it off' }).click();
  await group.getByRole('button', { name: 'Let it come back' }).waitFor();
  await group.getByText('keeps it off since').waitFor();
}
