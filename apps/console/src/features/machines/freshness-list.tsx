import { Button } from 'antd';
import { routes, type Freshness } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Badge } from '../../shared/ui/badge.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { useNow } from '../../shared/ui/use-now.js';
import { Waiting } from '../../shared/ui/waiting.js';

/** How far the rows below can be believed. */
export function FreshnessList() {
  const text = useText();
  const answer = useAnswer(routes.inventoryFreshness, {}, { everyMs: 15_000 });
  const sync = useCommand(routes.inventorySync);
  return (
    <div className="freshness">
      {sync.error && <ProblemNote error={sync.error} />}
      <Waiting answer={answer}>
        {({ items }) => {
          const machines = items.filter((item) => item.resourceType === 'machine');
          return (
            <ul aria-label={text('fresh.title')}>
              {machines.length === 0 && <li className="quiet">{text('fresh.none')}</li>}
              {machines.map((item) => (
                <Place key={`${item.accountId} ${item.region}`} item={item} />
              ))}
            </ul>
          );
        }}
      </Waiting>
      <Button loading={sync.isPending} onClick={() => sync.mutate({ body: {} })}>
        {text('fresh.read-now')}
      </Button>
    </div>
  );
}

function Place({ item }: Readonly<{ item: Freshness }>) {
  const text = useText();
  const format = useFormat();
  const now = useNow(5_000);
  const when = item.confirmedAt ? format.ago(item.confirmedAt, now) : text('fresh.never');
  return (
    <li>
      <Badge tone={item.complete ? 'good' : 'warn'}>
        {text('fresh.place', { account: item.accountName, region: item.region, when })}
      </Badge>
      {!item.complete && item.reason && (
        <span className="quiet" lang="en">
          {item.reason}
        </span>
      )}
    </li>
  );
}
