/** Scaling strategies between campaigns, and who acts on them. */
export const scalingEnUS = {
  'scaling.note':
    'Between campaigns, strategies say how many machines each service needs. Only an approved scaling group acts on them; without one they are advice.',
  'scaling.none':
    'No service has scaling strategies. Give one some below, or with the command line: springtide scaling set',
  'scaling.at': 'Look at another time',
  'scaling.now': 'Back to now',
  'scaling.at-note':
    'Schedules and forecasts are read for that time; metrics and machines are as they are now.',
  'scaling.current': 'Machines now',
  'scaling.current-unknown': 'unknown',
  'scaling.advised': 'Wanted by the rule',
  'scaling.acts.nobody': 'Nobody acts on it: nothing is started or stopped.',
  'scaling.acts.group': 'A scaling group acts on it, until {{until}}.',
  'scaling.group': 'Go to the scaling group',
  'scaling.group-decided': 'It decided for {{machines}} machines at {{at}}.',
  'scaling.group-missing':
    '{{count}} machines are wanted and find no room in what was approved. What to do: have a larger plan approved, or lower the strategies.',
  'scaling.group-pools': 'Machines it wants beside the standing ones',
  'scaling.no-group-pools': 'It wants none beside the standing ones.',
  'scaling.rest.title': 'The scaling group “{{name}}” gave way',
  'scaling.rest.since': 'Since {{since}}.',
  'scaling.rest.leaving':
    'It makes way for {{campaigns}}: its machines go back, and cost money until they are gone. Then it rests.',
  'scaling.rest.campaign':
    'It rests for {{campaigns}} until closed. It costs nothing meanwhile, and comes back by itself.',
  'scaling.rest.promised':
    'It rests: what it needs was promised to other campaigns meanwhile. Nothing is bought; it looks again every minute.',
  'scaling.rest.stop-switch': 'It rests while the stop switch is on. Nothing is bought for it.',
  'scaling.rest.approval':
    'Its approval has expired or is gone, so it does not come back by itself. The same plan waits for approval again: once granted, the group comes back.',
  'scaling.rest.prices-unread':
    'It rests: the prices of now cannot be read, so nothing is bought; it looks again every minute.',
  'scaling.rest.prices-risen':
    'Prices rose past what its approval allows, so it does not come back by itself. Approval of the same plan is asked for again at prices of now: when it is granted, the group comes back.',
  'scaling.rest.kept-off':
    'A person keeps it off. Nothing is bought for it until somebody lets it come back.',
  'scaling.rest.end-over':
    'What was approved for it ended while it rested. Plan and approve another group if you want one.',
  'scaling.rest.money-spent':
    'The money approved for it is spent. Plan and approve another group if you want one.',
  'scaling.rest.stopped':
    'Its run was stopped, so it does not come back. Plan and approve another group if you want one.',
  'scaling.rest.came-back': 'It is back.',
  'scaling.rest.expected': 'Its route is free about {{at}}.',
  'scaling.rest.left': 'Approved until {{until}}; {{money}} of its money are left.',
  'scaling.rest.until': 'Approved until {{until}}.',
  'scaling.rest.keep-off': 'Keep it off',
  'scaling.rest.let-back': 'Let it come back',
  'scaling.rest.keep-off.means':
    '“{{name}}” then does not come back by itself, and nothing is bought for it until somebody lets it come back. Machines that are still going back go on doing so. It can be let back until {{until}}.',
  'scaling.rest.let-back.means':
    '“{{name}}” then comes back by itself, usually within a minute after its route is free, and buys machines again as the strategies want, inside its approval until {{until}}.',
  'scaling.rest.not-allowed': 'Your roles do not allow deciding this.',
  'scaling.month.title': 'Money this month (UTC)',
  'scaling.month.of': '{{spent}} of {{limit}}',
  'scaling.month.unlimited': '{{spent}}, no limit',
  'scaling.month.nothing': 'nothing',
  'scaling.month.projected': '{{projected}} by its end, if it stays as it is',
  'scaling.month.held-back':
    '{{count}} machines are wanted and held back: the money of this month does not carry them beside the floor. Expect slow answers. What to do: raise the limit of the month, or lower the strategies.',
  'scaling.action.out': 'Start {{count}}',
  'scaling.action.in': 'Let {{count}} go',
  'scaling.action.hold': 'Leave as it is',
  'scaling.rails': 'Floor and ceiling',
  'scaling.rails-of': '{{floor}} to {{ceiling}}',
  'scaling.cooldown': 'Rest after a change',
  'scaling.largest-in': 'At most let go at once',
  'scaling.changed': 'Strategies changed',
  'scaling.strategies': 'What each strategy wants',
  'scaling.strategies-of': 'What each strategy of {{service}} wants',
  'scaling.no-strategies': 'There are no strategies: only floor and ceiling hold.',
  'scaling.strategy': 'Strategy',
  'scaling.setting': 'Setting',
  'scaling.wants': 'Wants',
  'scaling.says-nothing': 'says nothing now',
  'scaling.decides': 'decides',
  'scaling.why': 'Why',
  'scaling.kind.manual': 'By hand',
  'scaling.kind.scheduled': 'Schedule',
  'scaling.kind.metric': 'Metric target',
  'scaling.kind.predictive': 'Forecast',
  'scaling.kind.campaign': 'Campaign',
  'scaling.setting.manual': '{{machines}} machines until changed',
  'scaling.setting.manual-until': '{{machines}} machines until {{until}}',
  'scaling.setting.scheduled': 'rules: {{count}}, in {{zone}}; holidays known: {{holidays}}',
  'scaling.setting.metric': '{{metric}}: {{target}} per machine',
  'scaling.setting.predictive':
    'what {{percent}} % of days stay below, {{lead}} ahead, {{capacity}} per machine',
  'scaling.setting.campaign': 'what running campaigns hold',
  'scaling.how': 'How they become one number',
  'scaling.rule':
    'The rule: the highest want counts. Machines go only when the rest after a change is over, every metric can be seen, and somebody who looks at the present agrees (a forecast alone lets nothing go), and never too many at once. Floor and ceiling hold in the end.',
  'scaling.applied': 'Applied here',
  'scaling.ready-times': 'How long machines took until they served',
  'scaling.ready-note': 'From the purchases of this service: what a lead time has to cover.',
  'scaling.no-ready': 'No machine was bought for this service yet.',
  'scaling.ready-machines': 'Machines measured',
  'scaling.ready.boot': 'Boot, median and 99 %',
  'scaling.ready.warm': 'Warm-up, median and 99 %',
  'scaling.ready.lead': 'Together, median and 99 %',
  'scaling.pair': '{{p50}} s, {{p99}} s',
} as const;
