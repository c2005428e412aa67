/** The after-action report; suggestions and causes by the codes that the server gives them. */
export const afterActionEnUS = {
  'after.title': 'After-action report',
  'after.live': 'The run goes on: this is how it looks now. It is kept when the run is closed.',
  'after.kept':
    'Revision {{revision}}, kept {{at}}. A revision never changes; facts that come later make another one.',
  'after.not-kept': 'The run is closed and its report is not kept yet.',
  'after.tampered':
    'The stored content does not match its hash: it was changed after it was kept. No signature holds.',
  'after.keep': 'Keep the report',
  'after.pdf': 'Download PDF',
  'after.hash': 'Hash of the report',
  'after.curves': 'Capacity and demand',
  'after.chart': '{{service}}: planned, ready and counted',
  'after.taken': 'Counted at the entrance',
  'after.not-counted': 'The entrance counted no requests: what was really asked for and served is not known.',
  'after.by-cause': 'Cost by cause',
  'after.bought': 'Public clouds',
  'after.private': 'Own capacity',
  'after.no-cost': 'Nothing was bought.',
  'after.fallbacks': 'Fallback taken',
  'after.no-fallbacks': 'Everything was bought where it was planned.',
  'after.pool': 'Pool',
  'after.capacity': 'Capacity (requests/s)',
  'after.suggestions': 'For the next plan',
  'after.no-suggestions': 'The capacity model and the lead times fitted.',
  'after.signatures': 'Signatures',
  'after.signatures-note':
    'Operations, infrastructure and finance sign, each by another person. A signature holds for exactly this content.',
  'after.role': 'For',
  'after.role.operations': 'Business operations',
  'after.role.infrastructure': 'Infrastructure',
  'after.role.finance': 'Finance',
  'after.by': 'Signed by',
  'after.comment': 'Comment',
  'after.unsigned': 'Not signed yet',
  'after.valid': 'Holds',
  'after.invalid': 'Does not hold',
  'after.sign': 'Sign',
  'after.sign-title': 'Sign for {{role}}',
  'after.sign-note': 'Your name and the time are bound to this content. It cannot be taken back.',
  'after.cost.serving': 'Serving, as planned',
  'after.cost.preparing': 'Preparing: from the order until ready',
  'after.cost.fallback': 'Fallback: where the plan bought nothing',
  'after.cost.never-served': 'Never served',
  'after.cost.overstay': 'Longer than the last phase',
  'after.say.ready-later':
    'Plan {{p95}} s from order to traffic for {{type}}: that is what 95 % of {{machines}} machines needed, and the plan allowed {{lead}} s.',
  'after.say.ready-sooner':
    'Machines were ready within {{p95}} s; the plan allowed {{lead}} s. Buying later would have saved what they cost while waiting.',
  'after.say.quota-refused':
    'Ask for a higher quota before the next time: {{count}} machines of {{pool}} were refused for it.',
  'after.say.stock-refused':
    'Plan with less of {{pool}}, or reserve capacity there: {{count}} machines were refused because it was sold out.',
  'after.say.type-failed':
    '{{failed}} of {{machines}} machines of {{type}} never served: try its image in a rehearsal.',
  'after.say.demand-higher':
    'Demand of {{service}} was {{taken}} requests/s at most where {{planned}} were planned: plan more, or widen the forecast.',
  'after.say.demand-lower':
    'Demand of {{service}} was {{taken}} requests/s at most where {{planned}} were planned: the forecast was too high.',
  'after.say.capacity-higher':
    'Machines of {{service}} carried {{taken}} requests/s where the capacity model allows {{ready}}: measure it again, fewer may be enough.',
  'after.say.demand-unseen':
    'What {{service}} was asked for is not known: its entrance counted no requests. Connect counters before the next time.',
} as const;
