import type { UseQueryResult } from '@tanstack/react-query';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { useNow } from '../../shared/ui/use-now.js';

/** When what is shown was read: clusters tell it themselves, whenever they are asked. */
export function ReadAgo({ answer }: Readonly<{ answer: UseQueryResult }>) {
  const text = useText();
  const format = useFormat();
  const now = useNow(5_000);
  if (answer.dataUpdatedAt === 0) return null;
  const when = format.ago(new Date(answer.dataUpdatedAt).toISOString(), now);
  return <span className="quiet">{text('cluster.read', { when })}</span>;
}
