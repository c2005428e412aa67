import type { MachineBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { Badge, type Tone } from '../../shared/ui/badge.js';

const TONES: Readonly<Record<MachineBody['state'], Tone>> = {
  pending: 'busy',
  running: 'good',
  stopping: 'busy',
  stopped: 'idle',
  terminating: 'busy',
  failed: 'bad',
  unknown: 'warn',
  gone: 'idle',
};

type Props = Readonly<{ state: MachineBody['state']; reason: string | null }>;

export function MachineState({ state, reason }: Props) {
  const text = useText();
  return (
    <>
      <Badge tone={TONES[state]}>{text(`machine.state.${state}`)}</Badge>
      {reason && (
        <div className="quiet" lang="en">
          {reason}
        </div>
      )}
    </>
  );
}
