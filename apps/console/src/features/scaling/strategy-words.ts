import type { ScalingStrategy } from '@springtide/contracts';
import type { Text } from '../../i18n/language.js';
import type { Format } from '../../shared/format/format.js';

/** How a strategy is set, in one line. */
export function settingOf(text: Text, format: Format, strategy: ScalingStrategy): string {
  switch (strategy.kind) {
    case 'manual':
      return strategy.until === null
        ? text('scaling.setting.manual', { machines: format.number(strategy.machines, 0) })
        : text('scaling.setting.manual-until', {
            machines: format.number(strategy.machines, 0),
            until: format.instant(strategy.until),
          });
    case 'scheduled':
      return text('scaling.setting.scheduled', {
        count: strategy.rules.length,
        zone: strategy.timeZone,
        holidays: strategy.holidays.length,
      });
    case 'metric':
      return text('scaling.setting.metric', {
        metric: strategy.metric,
        target: format.number(strategy.targetPerMachine),
      });
    case 'predictive':
      return text('scaling.setting.predictive', {
        percent: strategy.quantile.slice(1),
        lead: text('common.seconds', { value: format.number(strategy.leadSeconds, 0) }),
        capacity: format.number(strategy.capacityPerMachine),
      });
    case 'campaign':
      return text('scaling.setting.campaign');
  }
}
