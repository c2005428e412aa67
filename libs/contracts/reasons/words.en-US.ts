/**
 * Everything that explains a plan, for readers who plan sales and not machines. `{name}` stands for a parameter,
 * `{name:kind}` for one that is written as that kind of thing.
 */
export const reasonWordsEnUS = {
  'topic.summary': 'In short',
  'topic.missing': 'What is missing, and what would help',
  'topic.machines': 'Where the machines come from',
  'topic.money': 'What makes it dearer than it could be',
  'topic.failure': 'If something fails',
  'topic.time': 'How early machines are ordered',
  'topic.ground': 'What the plan rests on',

  'reason.in-short':
    'For {cost:money} this plan carries all demand: at most {machines:number} machines at once, from {places:list}. The budget is {budget:money}.',
  'reason.in-short-missing':
    'This plan costs {cost:money} and does not carry all demand: in {phase:phase}, {percent} % of what {service} is asked for is served. The budget is {budget:money}.',
  'reason.in-short-thin':
    'For {cost:money} this plan carries the demand itself, but not all of the spare capacity that was asked for on top. The budget is {budget:money}.',
  'reason.in-short-nothing':
    'What stands anyway carries all demand: no machine needs to be bought. The budget is {budget:money}.',

  'reason.placeless-no-offering':
    'Nothing is on offer in the accounts of this plan, so nobody can carry {service}: choose other accounts, or have their markets read.',
  'reason.placeless-unmeasured':
    'Nobody measured what one machine serves of {service} on any type that is on offer ({types}): measure one of them (springtide capacity fit) and add it to the template’s capacity model.',
  'reason.placeless-no-image':
    'The template names no image of {service} for {places}: name one for the account, for its provider, or for all.',
  'reason.placeless-nothing-left':
    'No offering that {service} could run on has a price in the budget’s currency and machines in stock now.',
  'reason.route-clash':
    'Campaign “{campaign}” ({from} to {until}) uses the same traffic entrance at the same time: only one of them can be armed. Move one, or plan both as one campaign.',
  'reason.shortage':
    '{class} is short of {units:number} {unit:unit} in {phase:phase}{others:others}: {causes:causes}.',
  'reason.budget-short':
    'The budget of {budget:money} is too small. Carrying all demand takes at least {needed:money}, {missing:money} more.',
  'reason.relief':
    'This would close {closesPercent} % of what is missing: {kind:relief}, namely {amounts}. The plan would then cost {cost:money}, {dearer:money} more than now.',
  'reason.relief-rule':
    'This would close {closesPercent} % of what is missing: {kind:relief}. The plan would then cost {cost:money}, {dearer:money} more than now.',
  'reason.no-relief':
    'Lifting any one limit would not help: more pools must be allowed, or the demand must shrink.',

  'reason.rehearses':
    'This is {percent} % of plan {plan}, to be tried on the real clouds: of every pool that it buys from that share of its machines, but at least one.',
  'reason.standing-fleet':
    'What stands of {service} anyway, {machines:machines}, serves {requestsPerSecond:number} requests/s. Only what goes beyond that is planned.',
  'reason.private-share':
    'Your own machines work {privateMachineHours:hours}, all of them counted together ({privateCost:money}). Bought machines work {publicMachineHours:hours} ({publicCost:money}).',
  'reason.private-full':
    'Your own capacity is used up in {full:number} of {of:number} places, so the rest is bought: {pools:pools}.',
  'reason.pool-chosen':
    '{class} gets up to {machines:number} × {pool:pool} ({option:option}). Each costs {pricePerHour:price} an hour and carries {units:number} {unit:unit}.',
  'reason.cheaper-pools-full':
    'Why {class} does not use cheaper machines only: {full:number} of {allowed:number} kinds are cheaper than {dearest:pool}, and no more of them can be had.',
  'reason.kept-with-class':
    'Each machine of these stays with one service throughout, because two need them at once: {pools:pools}.',
  'reason.alternatives':
    'If machines for {class} cannot be had as planned in {phase:phase}, these come next, the best value first: {pools:pools}.',

  'reason.budget-binding':
    'The budget of {budget:money} decides here: the plan that would be made without it costs {needed:money}.',
  'reason.quota-binding':
    'The quota {quota} is used up. Each vCPU more would save about {savingPerVcpu:price}.',
  'reason.stock-binding':
    'Every machine of {pool:pool} that can be had is taken. Each one more would save about {savingPerMachine:price}.',
  'reason.hourly-ceiling-binding':
    'Spending on {account:account} may not exceed {perHour:money} an hour, and it gets there. Raising that by {one:money} would save about {savingPerUnit:price}.',
  'reason.subnet-binding':
    'Network {subnet} has no free address left. One more would save about {savingPerAddress:price}.',
  'reason.link-binding': 'The line {link} is full. Each Mbit/s more would save about {savingPerMbps:price}.',
  'reason.launch-limit-binding':
    '{limit} takes no more orders in the time there is. One more machine in that time would save about {savingPerStart:price}.',
  'reason.promised-binding':
    'Other campaigns hold machines of {pool:pool}. Each one they gave back would save about {savingPerMachine:price}.',
  'reason.zone-share-binding':
    '{what} is at the largest share that one zone may have. One unit of demand more there would save about {saving:price}.',
  'reason.spot-pool-share-binding':
    '{what} is at the largest share that one spot pool may have. One unit of demand more there would save about {saving:price}.',
  'reason.zone-spread':
    'The machines of {class} are spread so that {percent} % of its demand is still served when any one zone fails. Without that the plan would be cheaper.',
  'reason.spot-limit':
    'At most {percent} % of {class} may run on spot machines, which the cloud can take back at any time. A larger share would be cheaper.',
  'reason.held-binding':
    'Campaign “{campaign}” holds {what} at the same time; this plan uses up all that is left of it.',

  'reason.outage-zone':
    'If zone {name} failed in {phase:phase}, {lost:number} of {machines:number} machines would be gone and {percent} % of the demand for {service} would still be served. {unserved:number} requests a minute would go unanswered until others stand in. {replacing:replacing}',
  'reason.outage-account':
    'If the whole account {name} failed in {phase:phase}, {lost:number} of {machines:number} machines would be gone and {percent} % of the demand for {service} would still be served. {unserved:number} requests a minute would go unanswered until others stand in. {replacing:replacing}',
  'reason.outage-spot':
    'If the clouds took back all spot machines at once in {phase:phase}, {lost:number} of {machines:number} machines would be gone and {percent} % of the demand for {service} would still be served. {unserved:number} requests a minute would go unanswered until others stand in. {replacing:replacing}',
  'reason.outage-zone-survived':
    'If any one zone failed, everything would still be served. The worst is {name} in {phase:phase}: {lost:number} of {machines:number} machines would be gone, and nothing has to be bought.',
  'reason.outage-account-survived':
    'If any whole account failed, everything would still be served. The worst is {name} in {phase:phase}: {lost:number} of {machines:number} machines would be gone, and nothing has to be bought.',
  'reason.outage-spot-survived':
    'If the clouds took back all spot machines at once, everything would still be served: {lost:number} of {machines:number} machines would be gone in {phase:phase}, and nothing has to be bought.',
  'replacing.all':
    'Standing in for them takes {standIns:number} machines of pools that this plan allows, for {standInPerHour:money} an hour; those that are gone cost {lostPerHour:money} an hour.',
  'replacing.part':
    'The pools that this plan allows can stand in for {closes} % of that, with {standIns:number} machines for {standInPerHour:money} an hour; those that are gone cost {lostPerHour:money} an hour.',
  'replacing.none':
    'No pool that this plan allows has room to stand in. The machines that are gone cost {lostPerHour:money} an hour.',

  'reason.late-start':
    'The {phase:phase} phase starts before machines ordered now can serve, which takes {seconds:number} s: until then it has what stands already.',
  'reason.boot-measured':
    'A machine of {type} is given {p90:number} s to start: of the last {machines:number}, nine in ten needed no more, and half needed {p50:number} s at most.',
  'reason.boot-declared':
    'A machine of {account} is given {seconds:number} s to start, as its provider says: of no kind have {enough:number} been measured there.',
  'reason.api-time':
    '{account} in {region} takes {seconds:number} s just to accept the orders for the {machines:number} machines added for {phase:phase} ({calls:number} calls).',

  'reason.proven-best':
    'It is proven that no other plan that keeps the same rules and uses your own machines as much is cheaper.',
  'reason.proven-gap':
    'It is proven that no other plan that keeps the same rules and uses your own machines as much is more than {gapPercent} % cheaper.',
  'reason.proven-gap-short':
    'It is proven that no other plan comes more than {gapPercent} % closer, cost and missing capacity weighed together.',
  'reason.proven-best-short':
    'It is proven that no other plan comes closer, cost and missing capacity weighed together.',
  'reason.solver-missing':
    'This plan keeps every rule. How much cheaper another one could be is not known: the time was too short to prove it.',
  'reason.held': 'Campaign “{campaign}” holds {what} at the same time; enough is left for this plan.',
  'reason.capacity-basis':
    'A machine of {type} is reckoned to serve {requestsPerSecond:number} requests/s of {service} within {latency:number} ms: {evidence}.',
  'reason.link-untold':
    'Nobody declared the line between home and {places:list}, so it is no limit of this plan (springtide link set).',
  'reason.addresses-untold':
    'How many addresses are free in {places:list} is not known, so they do not limit this plan.',
  'reason.left-out-unknown-price':
    '{count:number} offerings were left out: their price is unknown, and what has no price is not bought.',
  'reason.left-out-sold-out': '{count:number} offerings were left out: they are sold out.',
  'reason.left-out-not-usable':
    '{count:number} offerings were left out: no service has a measured capacity and an image for them.',
  'reason.left-out-other-currency':
    '{count:number} offerings were left out: they are priced in another currency than the budget.',

  'cause.budget': 'the budget is spent',
  'cause.quota': 'quota is used up',
  'cause.stock': 'no stock is left',
  'cause.zone-loss': 'too little can be placed outside one zone',
  'cause.hourly-ceiling': 'the hourly spending ceiling is reached',
  'cause.spot-limit': 'only spot capacity is left and its share is limited',
  'cause.no-pool': 'no pool is allowed for it',
  'cause.subnet': 'the networks have no free address left',
  'cause.link': 'the line between the sites is full',
  'cause.launch-limit': 'the cloud takes no more orders in the time',
  'cause.lead-time': 'machines ordered now would come too late',
  'cause.promised': 'other campaigns hold the machines',
  'cause.zone-share': 'its share in one zone is limited',
  'cause.spot-pool-share': 'its share in one spot pool is limited',

  'relief.budget': 'a larger budget',
  'relief.quota': 'more quota',
  'relief.stock': 'more machines in stock',
  'relief.subnet': 'more free addresses',
  'relief.link': 'a wider line',
  'relief.launch-limit': 'more starts in the time',
  'relief.hourly-ceiling': 'no ceiling on hourly spending',
  'relief.lead-time': 'ordering early enough for every pool',
  'relief.promised': 'what other campaigns hold',
  'relief.zone-share': 'no largest share in one zone',
  'relief.spot-pool-share': 'no largest share in one spot pool',
  'relief.spot-limit': 'no limit to spot capacity',
  'relief.zone-loss': 'not having to survive the loss of a zone',

  'phase.prewarm': 'prewarm',
  'phase.ramp': 'ramp',
  'phase.peak': 'peak',
  'phase.plateau': 'plateau',
  'phase.decay': 'decay',
  'option.private': 'your own',
  'option.reserved': 'reserved',
  'option.on-demand': 'on demand',
  'option.spot': 'spot',
  'others.more': ' and of less in other phases ({count})',
  'list.more': '{count} more',
  'price.per-hour': '{price} an hour',
  'account.*': 'all clouds together',
  'unit.requests/s': 'requests/s',
} as const;
