import type { ClusterBody } from '@springtide/contracts';
import { knownKey, useText } from '../../i18n/language.js';
import { Badge } from '../../shared/ui/badge.js';

export function ClusterStatus({ cluster }: Readonly<{ cluster: ClusterBody }>) {
  const text = useText();
  const { status, problem } = cluster;
  const key = knownKey(`account.status.${status}`);
  return (
    <>
      <Badge tone={status === 'healthy' ? 'good' : 'bad'}>{key ? text(key) : status}</Badge>
      {problem !== null && (
        <div className="quiet" lang="en">
          {problem}
        </div>
      )}
    </>
  );
}
