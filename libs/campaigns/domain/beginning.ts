import { sentence, type Sentence } from '@springtide/contracts';

/** Reasons that workflows give; they come as text, since histories that began long ago have them so. */
const KNOWN: Readonly<Record<string, Sentence>> = {
  'it was stopped': sentence('scale-back.begin-stopped', {}),
  'the campaign is over': sentence('scale-back.begin-over', {}),
  'the run was cancelled': sentence('scale-back.begin-cancelled', {}),
  'its lease lapsed: nobody drives this run any more': sentence('scale-back.begin-lapsed', {}),
  'its way back was begun before the engine lost its memory': sentence('scale-back.begin-again', {}),
};

/** Why a run comes back. */
export function beginningOf(reason: string): Sentence {
  const [, kind, rest = ''] = /^(the run failed|stop switch): (.*)$/s.exec(reason) ?? [];
  if (kind === 'the run failed') return sentence('scale-back.begin-failed', { message: rest });
  if (kind === 'stop switch') return sentence('scale-back.begin-switch', { reason: rest });
  return KNOWN[reason] ?? sentence('scale-back.begin', { reason });
}
