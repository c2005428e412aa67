import { routes, type DriftBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { usePages } from '../../shared/api/use-pages.js';
import { useFormat } from '../../shared/format/format.js';
import { Badge } from '../../shared/ui/badge.js';
import { PagedGrid } from '../../shared/ui/grid.js';

const TONES = { appeared: 'busy', changed: 'warn', gone: 'idle' } as const;

/** What changed, newest first, and who did it. */
export function DriftList({ query }: Readonly<{ query: Record<string, string> }>) {
  const text = useText();
  const format = useFormat();
  const pages = usePages(routes.driftList, { limit: 20, ...query }, 10_000);
  return (
    <PagedGrid
      label={text('drift.title')}
      pages={pages}
      keyOf={(row) => row.id}
      empty={text('drift.none')}
      columns={[
        { key: 'at', tight: true, title: text('common.time'), cell: (row) => format.instant(row.at) },
        { key: 'name', title: text('common.name'), cell: (row) => row.name || row.resourceId },
        { key: 'type', tight: true, title: text('inventory.type'), cell: (row) => text(`type.${row.type}`) },
        {
          key: 'kind',
          title: text('drift.what'),
          cell: (row) => (
            <>
              <Badge tone={TONES[row.kind]}>{text(`drift.kind.${row.kind}`)}</Badge>
              <Changes changes={row.changes} />
            </>
          ),
        },
        { key: 'who', title: text('drift.who'), cell: (row) => <Who who={row.who} /> },
      ]}
    />
  );
}

function Changes({ changes }: Pick<DriftBody, 'changes'>) {
  return changes.map(({ field, before, after }) => (
    <div key={field} className="quiet" lang="en">
      {field}: {before || '–'} → {after || '–'}
    </div>
  ));
}

function Who({ who }: Pick<DriftBody, 'who'>) {
  const text = useText();
  if (who.by === 'springtide')
    return (
      <>
        {text('machine.ours')}
        <div className="quiet">
          {who.runId === null
            ? text('drift.intent', { id: who.intentId })
            : text('drift.run', { id: who.runId })}
        </div>
      </>
    );
  return (
    <>
      {text('drift.outside')}
      {who.trail !== null && (
        <div className="quiet" lang="en">
          {who.trail}
        </div>
      )}
    </>
  );
}
