import { useText, knownKey } from '../../i18n/language.js';
import { Badge, type Tone } from '../../shared/ui/badge.js';

const TONES: Readonly<Record<string, Tone>> = {
  pending: 'busy',
  creating: 'busy',
  stopping: 'busy',
  terminating: 'busy',
  deleting: 'busy',
  running: 'good',
  active: 'good',
  available: 'good',
  'in-use': 'good',
  ready: 'good',
  connected: 'good',
  failed: 'bad',
  error: 'bad',
  unknown: 'warn',
};

/** A state in our words where we have one; otherwise in the cloud's own. */
export function ResourceState({ state }: Readonly<{ state: string | null }>) {
  const text = useText();
  if (state === null) return <>–</>;
  const key = knownKey(`machine.state.${state}`);
  return (
    <Badge tone={TONES[state] ?? 'idle'}>
      {key === undefined ? <span lang="en">{state}</span> : text(key)}
    </Badge>
  );
}
