import { Button } from 'antd';
import { routes } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Badge } from '../../shared/ui/badge.js';
import { Grid } from '../../shared/ui/grid.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { useNow } from '../../shared/ui/use-now.js';
import { Waiting } from '../../shared/ui/waiting.js';

/** How far each list can be believed: per account, region and type. */
export function InventoryFreshness({ accountId }: Readonly<{ accountId: string | undefined }>) {
  const text = useText();
  const format = useFormat();
  const now = useNow(5_000);
  const answer = useAnswer(routes.inventoryFreshness, {}, { everyMs: 10_000 });
  const sync = useCommand(routes.inventorySync);
  return (
    <Section
      title={text('fresh.title')}
      note={text('fresh.note')}
      aside={
        <Button
          loading={sync.isPending}
          onClick={() => sync.mutate({ body: accountId === undefined ? {} : { accountId } })}
        >
          {text('fresh.read-now')}
        </Button>
      }
    >
      {sync.error && <ProblemNote error={sync.error} />}
      <Waiting answer={answer}>
        {({ items }) => (
          <Grid
            label={text('fresh.title')}
            rows={items.filter((item) => accountId === undefined || item.accountId === accountId)}
            keyOf={(row) => `${row.accountId} ${row.region} ${row.resourceType}`}
            empty={text('fresh.none')}
            columns={[
              { key: 'account', title: text('machine.account'), cell: (row) => row.accountName },
              { key: 'region', title: text('inventory.region'), cell: (row) => row.region },
              {
                key: 'type',
                title: text('inventory.type'),
                cell: (row) => text(`type.${row.resourceType}`),
              },
              {
                key: 'confirmed',
                title: text('fresh.confirmed'),
                cell: (row) => (
                  <Badge tone={row.complete ? 'good' : 'warn'}>
                    {row.confirmedAt ? format.ago(row.confirmedAt, now) : text('fresh.never')}
                  </Badge>
                ),
              },
              {
                key: 'reason',
                title: text('fresh.reason'),
                cell: (row) => <span lang="en">{row.reason ?? ''}</span>,
              },
            ]}
          />
        )}
      </Waiting>
    </Section>
  );
}
