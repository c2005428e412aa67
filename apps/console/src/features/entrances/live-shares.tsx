import type { RouteBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';

/** Who gets how much of the traffic now, in words; what has nothing is left out where it is short. */
export function LiveShares({ route }: Readonly<{ route: RouteBody }>) {
  const text = useText();
  const format = useFormat();
  if (route.live === null) return '–';
  const carrying = route.live.filter(({ weight }) => weight > 0);
  if (carrying.length === 0) return text('entrance.nobody');
  return carrying
    .map(({ name, weight, healthy, members }) => {
      return text('entrance.share-of', { name, share: format.percent(weight / 100), healthy, members });
    })
    .join(text('common.list'));
}
