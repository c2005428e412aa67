import type { RouteBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { Badge } from '../../shared/ui/badge.js';
import { stateOf, type EntranceState } from './entrance-state.js';

const TONES = { serving: 'good', degraded: 'warn', empty: 'bad', unread: 'bad' } as const satisfies Record<
  EntranceState,
  string
>;

export function EntranceHealth({ route }: Readonly<{ route: RouteBody }>) {
  const text = useText();
  const state = stateOf(route);
  return (
    <>
      <Badge tone={TONES[state]}>{text(`entrance.state.${state}`)}</Badge>
      {route.problem !== null && (
        <div className="quiet" lang="en">
          {route.problem}
        </div>
      )}
    </>
  );
}
