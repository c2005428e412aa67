/**
 * What the story of a run is told with: every line is one or several of these, stored by their codes. `{name}` stands for
 * a fact, `{name:kind}` for one that is written as that kind of thing.
 */
export const storyWordsEnUS = {
  'story.quoted': '{text}',

  'story.armed': 'The run was armed by {who}.',
  'story.phase.prepare': 'Preparing {phase:phase}.',
  'story.phase.ready': 'Holding {phase:phase}: {ready:machines} ready.',
  'story.phase.problem':
    '{phase:phase} is not as planned: {detail}. What runs stays; resume or change the target to try again.',
  'story.phase.late':
    '{phase:phase} begins more than {minutes} min after {due:instant}, when it was due: nobody could drive the run in between, as when workers or the workflow engine are away. It is bought all the same, as its campaign wants; until its machines serve, traffic has what stands. Stop the run (springtide run abort) if that is no use any more.',
  'story.phase.skipped':
    '{phase:phase} is skipped: it was due at {due:instant}, and for more than {minutes} min nobody could begin it, as when workers or the workflow engine are away. Nothing is bought for it, as its campaign wants; what stands stays and keeps costing, and what the phase does not need goes. To begin it all the same, set its target again: springtide run target.',
  'story.phase.waiting':
    '{activity} does not get through after {tries} tries ({code}: {message}). The phase waits for it and tries again; what runs stays, and costs what it costs. Look at the account or the entrance, or stop the run: springtide run abort.',
  'story.phase.waiting-service':
    '{activity} of {service} does not get through after {tries} tries ({code}: {message}). The phase waits for it and tries again; what runs stays, and costs what it costs. Look at the account or the entrance, or stop the run: springtide run abort.',
  'story.relay.late':
    "An order of {at:instant} for {workflow} has not reached the workflow engine after {tries} tries, so what it asks for has not begun: machines stay as they are, and cost what they cost. It is tried again all the time; why it fails is in the worker's log. Give the command again, or pull the stop switch.",

  'story.provision.bought': '{accepted} of {count} × {pool:pool} accepted for {service}.',
  'story.provision.bought-less': '{count} refused ({code}): {message}.',
  'story.provision.refused': '{count} × {pool:pool} were not bought: {message}',
  'story.provision.silent-sent':
    'Whether {count} × {pool:pool} were bought is not known: their account does not answer ({message}). Their room and their money stay set aside, so nothing is bought instead, and the phase goes on. Look at springtide stuck list: what is abandoned there is bought elsewhere.',
  'story.provision.silent-unsent':
    '{count} × {pool:pool} were not bought: their account does not answer ({message}). Nothing was sent and nothing is paid; they are looked for in other accounts of the approved plan.',
  'story.provision.fallback':
    '{count:machines} of {pool:pool} did not come ({code}); {service} gets instead: {instead:orders}.',
  'story.provision.fallback-none':
    '{count:machines} of {pool:pool} did not come ({code}); no approved pool can stand in.',
  'story.provision.shortage':
    '{service} is short of {short} requests/s in {phase:phase}: {count:machines} of {pool:pool} could not be had ({code}) and no approved pool can stand in.',
  'story.provision.shortage-left':
    '{service} stays short of {count} × {pool:pool} in {phase:phase}: the approved pools that can stand in have no more room.',
  'story.plan.residual': 'The rest of the run was planned anew inside its approval: {added:orders}.',
  'story.plan.residual-none':
    'The rest of the run was planned anew: no approved pool with room and money left can stand in.',
  'story.plan.residual-failed':
    'The rest of the run could not be planned anew: {message}. What runs stays; nothing stands in for what is missing.',
  'story.join.unhealthy': '{count:machines} of {service} never became healthy and {count:are} given back.',

  'story.guard.budget-100':
    'The budget is used up: nothing more is bought. What runs stays until someone decides.',
  'story.guard.budget-90': 'Nine tenths of the budget are used.',
  'story.guard.budget-70': 'Seven tenths of the budget are used.',
  'story.guard.shares':
    'Somebody moved the traffic of {route} at the entrance itself: {now} instead of {ordered}. Machines that are paid for may serve nothing meanwhile. The run moves it back in steps that are watched; to keep it as it is, pause the run (springtide run pause) and move it again.',
  'story.guard.lost': '{count:machines} vanished and {count:are} being replaced.',
  'story.guard.notice':
    '{machine} of {service} ({pool:pool}) is taken back by its cloud ({message}): it gets no more traffic, and is replaced within what was approved.',
  'story.guard.notice-mute':
    '{machine} of {service} ({pool:pool}) is taken back by its cloud (it said no more): it gets no more traffic, and is replaced within what was approved.',
  'story.guard.unseen':
    '{machines:machines} in {region} cannot be looked at ({code}: {message}): whether any vanished, or is taken back, is not known. What runs stays, and costs what it costs; it is tried again with every turn of the guard. Look at the account: springtide account list.',
  'story.guard.timer-near':
    "{machines:machines} in {region} will be ended by the cloud from {endsAt:instant} on: the timer could not be moved ({code}: {message}). It is tried again with every renewal; check the account's rights and limits.",
  'story.guard.timer-none':
    '{machines:machines} in {region} {machines:have} no timer in the cloud, and none could be set ({code}: {message}). What runs keeps running; should Springtide die, nothing else would end it.',
  'story.guard.entrance':
    '{route} had lost members of {groups:list}, as a proxy does that was started again; they are back, and so are its shares.',

  'story.shift.hurry':
    '{route} takes {requestsPerSecond} requests per second, more than those who have them can serve: {left} gentle steps are left out.',
  'story.shift.step': '{route}: {shares:list}.',
  'story.shift.rollback': '{route} went back to its last good shares.',
  'story.shift.no-home':
    '{route} has no standing fleet to take its traffic back; its shares stay as they are.',
  'story.shift.home': '{route}: all traffic is back on the standing fleet.',
  'story.gate.healthy': 'Healthy.',
  'story.gate.few': 'Kept unjudged: too few requests were counted to judge by.',
  'story.gate.failing': '{percent} % of {requests} requests failed in group {group}.',
  'story.gate.slow': 'Group {group} took {ms} ms on average, others {fastest} ms.',

  'story.demand.calm':
    '{service} takes {observed} requests/s where {planned} were planned for {phase:phase}: demand is back at the plan, and so are the targets. What was added goes back, what went early is bought again if the plan still wants it.',
  'story.demand.below-plan':
    '{service} takes {observed} requests/s where {planned} were planned for {phase:phase}; the campaign lets machines go at {multiple} times the plan: going early: {moved:orders}.',
  'story.demand.below-plan-none':
    '{service} takes {observed} requests/s where {planned} were planned for {phase:phase}; the campaign lets machines go at {multiple} times the plan: no whole machine can be spared.',
  'story.demand.above-plan':
    '{service} takes {observed} requests/s where {planned} were planned for {phase:phase}; it is answered at {multiple} times the plan inside the approved envelope: added: {moved:orders}.',
  'story.demand.above-plan-none':
    '{service} takes {observed} requests/s where {planned} were planned for {phase:phase}; it is answered at {multiple} times the plan inside the approved envelope: the targets carry it already.',
  'story.demand.uncovered':
    "{short} requests/s stay uncovered: neither the approved pools nor the approval's machines and money per hour leave more room. Plan and approve more, or expect slow answers.",

  'story.burst-at-ceiling':
    'Demand may reach {demand} before a machine asked for later would serve, so it takes {wanted:machines}, but no more than {machines} are allowed: what is beyond them will not be served. Demand runs at {level} % of the forecast, {shift:shift}, and {margin} % are added for safety.',
  'story.burst-above-forecast':
    'Demand may reach {demand} before a machine asked for later would serve, so it takes {wanted:machines}: demand is above everything the forecast allowed for; demand runs at {level} % of the forecast, {shift:shift}, and {margin} % are added for safety.',
  'story.burst-forecast-placed':
    'Demand may reach {demand} before a machine asked for later would serve, so it takes {wanted:machines}: demand runs at {level} % of the forecast, {shift:shift}, and {margin} % are added for safety.',
  'story.burst-forecast-open':
    "Demand may reach {demand} before a machine asked for later would serve, so it takes {wanted:machines}: demand runs at {level} % of the forecast, {shift:shift}, and {margin} % are added for safety, until what is observed tells when the forecast's peaks come.",

  'story.scaling.set':
    '{service} is to have {machines:machines}, {home} of them its standing fleet: {to} in this group, where {from} were wanted before.',
  'story.scaling.set-on':
    '{service} is to have {machines:machines}, {home} of them its standing fleet: {to} in this group, where {from} were wanted before ({pools:orders}).',
  'story.scaling.missing':
    '{missing} more are wanted than the approval has room for: raise its limits, or expect slow answers.',
  'story.scaling.silent':
    '{service} has no scaling strategies, so nothing says how many machines it needs: the {machines} of this group stay as they are, and keep costing. Set some (springtide scaling set {service} --file <path>), or end the group.',
  'story.scaling.gives-way':
    'A campaign goes before its strategies: {who} needs the route, so this group ends at {at:instant}. It comes back when its route is free again, inside its approval.',
  'story.scaling.because': '{reasons:clauses}.',

  'story.want.manual': 'set by hand to {machines}, until changed',
  'story.want.manual-until': 'set by hand to {machines} until {until:instant}',
  'story.want.manual-over': 'set by hand until {until:instant}, which has passed',
  'story.want.rule': '{machines} from {from} to {to}, {timeZone}',
  'story.want.no-rule': 'no rule holds now in {timeZone}',
  'story.want.metric': '{metric} is {value}, at {target} per machine',
  'story.want.metric-unknown': '{metric} is unknown: {why:clauses}',
  'story.want.forecast':
    'demand stays below {value} for {seconds} s with {percent} % probability, at {target} per machine',
  'story.want.no-forecast': 'there is no forecast: {why:clauses}',
  'story.want.campaign': 'campaigns that run now hold {machines}',
  'story.want.no-campaign': 'no campaign runs for this service',
  'story.unseen.not-read': 'it was not read',
  'story.unseen.no-value': 'the query has no value now',
  'story.unseen.short-history':
    'the history from {from:instant} to {to:instant} has fewer than {least} earlier weeks or days to compare with',

  'story.decided.no-want': 'no strategy wants anything now: it stays at {current:machines}',
  'story.decided.highest': 'the highest want counts: {machines}, by {strategy}',
  'story.decided.fewer': 'the highest want counts: {machines}, fewer than the {current} there are',
  'story.decided.blind':
    '{machines} would do, but {strategy} cannot see ({why:clauses}): it stays at {current:machines}',
  'story.decided.forecast-alone':
    '{machines} would do, but only a forecast says so, and a forecast alone lets nothing go: it stays at {current:machines}',
  'story.decided.cool-down':
    '{machines} would do, but the cool-down lasts {seconds} s more: it stays at {current:machines}',
  'story.decided.at-once': 'no more than {count} go at once: {machines}',
  'story.decided.ceiling':
    'the ceiling is {ceiling}, {missing:machines} below what is wanted: those will be missing',
  'story.decided.floor': 'the floor is {floor}',
  'story.decided.uncounted':
    'no entrance of "{service}" can say how many machines there are: counted as none',
  'story.month.held':
    'of {limit} {currency} for this month (UTC) {spent} are spent: {over} of {wanted:machines} do not fit, so {machines} stay or come and the others are not bought or go back; expect slow answers, or raise the limit',
  'story.month.floor':
    'the floor of {floor} is kept until {until:instant} all the same, and costs {over} {currency} more than the limit; lower the floor, or raise the limit',
  'story.month.currency':
    "the month's money is limited in {limited} and the group pays in {paid}, so what fits is not known: it holds at its floor of {floor}. Set the limit in {paid}",

  'story.rest.leaving':
    'Makes way for {campaigns:list}: its machines go back, and cost money until they are gone. It comes back by itself when its route is free again, inside its approval.',
  'story.rest.campaign':
    'Rests for {campaigns:list} until closed: that has its route. Its machines are back and cost nothing; it comes back by itself within a minute after, inside its approval.',
  'story.rest.stop-switch':
    'The stop switch is on, so nothing is bought for it. It comes back when the switch is released.',
  'story.rest.promised':
    'What it needs was promised to others meanwhile: {message}. Nothing was bought; it looks again every minute.',
  'story.rest.prices-unread':
    'The prices of now could not be read for {pools:pools}, so whether its approval still covers them is not known. Nothing is bought; it looks again every minute. Verify the accounts of these pools.',
  'story.rest.prices-risen':
    'It does not come back by itself: prices have risen by {percent} % since the approval, past its limit of {limit} %: the plan costs {now} now and cost {basis}. Nothing is bought.',
  'story.rest.prices-from-nothing':
    'It does not come back by itself: prices have risen from nothing since the approval, past its limit of {limit} %: the plan costs {now} now and cost {basis}. Nothing is bought.',
  'story.rest.asked-at-prices':
    'Approval of the same plan is asked for again at prices of now; when an approver grants it, the group comes back within a minute.',
  'story.rest.unapproved':
    'No approval of its plan stands, so it does not come back by itself, and nothing is bought.',
  'story.rest.expired':
    'Its approval expired at {at:instant}, so it does not come back by itself, and nothing is bought.',
  'story.rest.asked-again':
    'Approval of the same plan is asked for again; when an approver grants it, the group comes back within a minute.',
  'story.rest.kept-off':
    '{who} keeps it off since {at:instant}. Nothing is bought for it, and nothing of it costs money once its machines are back. Let it come back whenever you want it, until {until:instant}.',
  'story.rest.let-back':
    '{who} lets it come back: within a minute it looks whether its route is free and its approval still holds. Nothing is bought before that.',
  'story.rest.stopped': 'Its run was stopped, so it does not come back.',
  'story.rest.end-over': 'What was approved for it ended at {end:instant}, while it rested.',
  'story.rest.money-spent':
    'Of the money approved for it {left} {currency} are left, less than its cheapest machine costs an hour.',
  'story.rest.another':
    'Its machines are back, and nothing of it costs money. Plan and approve another group if you want one.',
  'story.rest.came-back': 'Came back at {at:instant} as run {run}.',

  'story.command.pause':
    'Paused: nothing more is bought and no traffic moves. What runs keeps running, and keeps costing.',
  'story.command.resume': 'Resumed.',
  'story.command.abort': 'Stopped by {who}. Traffic goes home, machines go back.',
  'story.command.abort-because': 'Stopped by {who}: {reason}. Traffic goes home, machines go back.',
  'story.command.extend': 'Extended by {minutes} minutes, to {endsAt:instant}.',
  'story.command.raise-budget': 'Budget raised to {amount} {currency} by {who}.',
  'story.command.raise-limits':
    'Limits raised to {machines:machines} and {perHour} {currency} an hour by {who}.',
  'story.command.change-target':
    'Target of {service} in {phase:phase} is now {requestsPerSecond} requests/s.',
  'story.command.hold':
    '{who} holds the way back at {at:back}, until {until:instant} at the latest. What is held keeps costing.',
  'story.command.hold-because':
    '{who} holds the way back at {at:back}, until {until:instant} at the latest: {reason}. What is held keeps costing.',
  'story.command.go-on-safe':
    '{who} let the run go on after its safe hold: targets and ground are compared again.',
  'story.command.go-on': '{who} let the way back go on.',
  'story.command.go-on-at': '{who} let the way back go on at {at:back}.',
  'story.command.skip-waiting':
    '{who} ended the waiting at {at:back}. What is not through is seen to later; the proof stands.',

  'story.engine.safe-hold':
    'The workflow engine has forgotten this run. It is in safe hold: nothing is bought or ended, what runs keeps running and costing. Let it go on, or bring everything back; at {until:instant}, with what was approved, it comes back by itself.',
  'story.engine.returning':
    'The workflow engine has forgotten this run; its way back was begun before the engine lost its memory, and goes on.',

  'story.scale-back.begin': 'Scaling back: {reason}.',
  'story.scale-back.begin-stopped': 'Scaling back: it was stopped.',
  'story.scale-back.begin-over': 'Scaling back: the campaign is over.',
  'story.scale-back.begin-cancelled': 'Scaling back: the run was cancelled.',
  'story.scale-back.begin-failed': 'Scaling back: the run failed: {message}.',
  'story.scale-back.begin-switch': 'Scaling back: stop switch: {reason}.',
  'story.scale-back.begin-lapsed': 'Scaling back: its lease lapsed: nobody drives this run any more.',
  'story.scale-back.begin-again': 'Scaling back: its way back was begun before the engine lost its memory.',
  'story.scale-back.release': '{count:machines} {count:were} given back to {account}.',
  'story.scale-back.refused':
    'The cloud did not let {count:machines} go yet ({code}: {message}); it is asked again.',
  'story.scale-back.clean': 'Listing {pass}: every account shows nothing of this run any more.',
  'story.scale-back.left': 'Listing {pass}: {leftovers} leftovers of this run; scale-back goes on.',
  'story.scale-back.not-home':
    '{problem:clauses}. Its shares may point at machines that are gone, where requests fail; that costs no money. Look at the proxy, or set its shares by hand.',
  'story.scale-back.books':
    'No machine is left, yet the books hold room for {machines} and {amount} {currency}. Nothing costs money; the sum reserved is wrong until somebody looks.',
  'story.scale-back.done': '{phase:back}: done.',
  'story.scale-back.overdue':
    '{phase:back}: its time is over{waitsFor:waits}. The way back goes on with what it has, and comes back for this.',
  'story.scale-back.skipped':
    '{phase:back}: the waiting was ended by a person{waitsFor:waits}. The way back comes back for this.',
  'story.scale-back.ahead': '{phase:back}: not clean{waitsFor:waits}. Another round begins.',
  'story.bill-check.clean':
    'The bill of {account} has everything on it and nothing that was not expected: {billed} charged, {expected} expected.',
  'story.bill-check.differs':
    'The bill of {account} does not agree with what ran (findings: {count}): {billed} charged, {expected} expected. Nothing is changed at the cloud. See what was paid for with springtide campaign bill-check, and look there for machines that still run.',
  'story.bill-check.incomplete':
    'The bill of {account} may still grow (machines without a charge so far: {count}): {billed} charged, {expected} expected. It is looked at again every day, for forty days at most.',
  'story.bill-check.not-told':
    'The bill of {account} was not looked at: {reason}. What it cost is what was reckoned from running seconds; compare it in the cloud itself.',
  'story.bill-check.unreadable':
    'The bill of {account} could not be read: {reason}. Whether anything was paid unseen is not known; it is tried again every day, for forty days at most. Look at the account: springtide account list.',
  'story.waits': '{waitsFor:clauses}',
  'story.waits.entrance': 'the entrance of {service} does not take its traffic home ({code}: {message})',
  'story.waits.connections': '{count} connections to end',
  'story.waits.uncounted': 'connections that nobody counts to end',
  'story.waits.node': 'node {node}: {leaving} leaving, {held} held back',
  'story.waits.node-held': 'node {node}: {leaving} leaving, {held} held back ({message})',
  'story.waits.node-failed': 'node {node}: {message}',
  'story.waits.more-nodes': '{count} more nodes',
  'story.waits.cluster': 'cluster {cluster} cannot be read ({message})',
  'story.waits.not-asked': '{count:machines} {count:are} not asked to go yet',
  'story.waits.there': '{count:machines} {count:are} still there',
  'story.waits.satellites': '{count:satellites} {count:are} still there',
  'story.waits.timers': '{count} timers are still there',
  'story.waits.unsettled': '{count} purchases are not settled',
  'story.waits.listed': '{count:machines} of this run {count:are} still listed',
  'story.waits.outliving': '{count:satellites} of its purchases {count:are} still there',
  'story.waits.second-listing': 'a second clean listing, not before {at:instant}',
  'story.waits.unreachable':
    '{account} ({region}) does not do what it is asked since {since:instant} ({code}: {message}); {tries} tries, next try at {nextTry:instant}',
  'story.waits.refused':
    '{account} ({region}) refuses since {since:instant} ({code}: {message}); {tries} tries, next try at {nextTry:instant}',
  'story.waits.refused-for-good':
    '{account} ({region}) refuses since {since:instant} ({code}: {message}); {tries} tries, a person must decide',
  'story.waits.held': 'held by {who} until {until:instant} at the latest',
  'story.waits.held-because': 'held by {who} until {until:instant} at the latest: {reason}',
  'story.closed': 'Closed: everything is back, and two listings agree.',
  'story.closed-without':
    'Closed: {count:machines} {count:were} given up, all others are back, and two listings agree.',
  'story.stuck.retry': '{who} chose "retry" for {count:machines} that {count:were} {kind:stuck}.',
  'story.stuck.adopt': '{who} chose "adopt" for {count:machines} that {count:were} {kind:stuck}.',
  'story.stuck.abandon':
    '{who} chose "abandon" for {count:machines} that {count:were} {kind:stuck}: {reason}.',
  'story.stuck.cost': 'Up to {perHour} {currency} an hour ({perDay} a day) is paid until they are gone.',
  'story.stuck.cost-unknown': 'The cost of {count:machines} is not known; it is paid until all are gone.',

  'story.choice.retry': 'The cloud is asked once more now; that costs nothing more than waiting does.',
  'story.choice.adopt':
    'A machine that carries the marks of this purchase becomes ours: it counts, it costs, and it is brought back.',
  'story.choice.abandon': 'Nobody tries any more, and the run may close without it.',
  'story.reconcile.ended':
    'Machine {machine} in {region} carried the marks of this run and was in none of its books, as when a cloud carries out an order after everybody had given it up, or when somebody copied a machine with its tags: it is being ended. What it cost until then is in no figure of this run; look at the bill of the account.',
  'story.found.retry':
    'The account is listed once more now; what is gone, or in the books again, leaves this list. That costs nothing.',
  'story.found.adopt':
    'The machine you name is taken for ours and deleted now, because no run is left that could need it; from then on it costs nothing.',
  'story.found.abandon': 'They stay as they are, nobody of us ends them, and nobody is asked again.',

  'story.outcome.done': 'The cloud did what it was asked.',
  'story.outcome.asked': 'The cloud was asked again; it is listed until that has an effect.',
  'story.outcome.failed': 'It was tried, and did not work ({code}: {message}).',
  'story.outcome.abandoned': 'Nobody tries any more.',

  'story.now.armed': 'Armed by {who}; waiting for the first phase.',
  'story.now.came-back': 'Came back after it had made way; {amount} {currency} of its money are left.',
  'story.now.buying': 'Buying {count} × {pool:pool} for {service}.',
  'story.now.safe-hold': 'In safe hold: nothing is bought or ended until somebody decides.',
  'story.now.returning': 'Returning {count:machines}.',
  'story.now.going': 'Waiting until {machines:machines} and {satellites:satellites} are gone.',
  'story.now.way-back': 'Way back at {phase:back}{waitsFor:waits}.',
  'story.now.way-back-end': 'Way back at its end{waitsFor:waits}.',
  'story.now.closed': 'Closed: everything is back.',
  'story.now.closed-without': 'Closed: {count:machines} {count:were} given up, all others are back.',
  'story.now.stuck': 'Stuck: {reason}. It is tried again until it works.',
  'story.stop.nothing': 'Nothing runs for this campaign now; stopping costs nothing.',
  'story.stop.returns':
    'Traffic would go back to the standing fleet and {machines:machines} ({amount} {currency} an hour) would be returned.',

  'story.storm.stock-out': 'The storm: {machineType} is sold out in {zone} of {account}.',
  'story.storm.zone-loss': 'The storm: Zone {zone} of {account} is gone, with {machines:machines}.',
  'story.storm.control-plane-down': 'The storm: {account} answers no call any more; its machines run on.',
  'story.storm.control-plane-back': 'The storm: {account} answers again.',

  'story.finding.short':
    'In {phase:phase}, {served} % of the requests found capacity; it was short for {minutes} min. There, at most {asked} requests/s were asked for, and {planned} were planned, of which {carried} % served.',
  'story.finding.open': 'The run was not closed {hours} hours after its end; it is {state:state}.',
  'story.finding.leftover': '{count:machines} {count:were} left over.',
  'story.finding.cost': 'It cost {actual} {currency}, above its budget of {budget} {currency}.',

  'order.plain': '{machines} × {pool:pool}',
  'order.phase': '{machines} × {pool:pool} for {phase:phase}',
  'order.service': '{machines} × {pool:pool} for {service} in {phase:phase}',
  'shift.none': 'at the forecast time',
  'shift.earlier': '{earlier:steps} earlier than forecast',
  'shift.later': '{later:steps} later than forecast',
  'shift.between': 'between {earlier:steps} earlier and {later:steps} later than forecast',
  'waits.after': ': {waitsFor:clauses}',

  'back.weights': 'weights',
  'back.drain': 'drain',
  'back.evict': 'evict',
  'back.terminate': 'terminate',
  'back.gone': 'gone',
  'back.satellites': 'satellites',
  'back.reservations': 'reservations',
  'back.timers': 'timers',
  'back.proof': 'proof',
  'back.bill-check': 'bill-check on the calendar',
  'state.armed': 'armed',
  'state.ramping': 'ramping',
  'state.holding': 'holding',
  'state.paused': 'paused',
  'state.safe-hold': 'safe-hold',
  'state.scaling-back': 'scaling-back',
  'state.verifying': 'verifying',
  'state.stuck': 'stuck',
  'stuck.creating': 'creating',
  'stuck.unknown-outcome': 'unknown-outcome',
  'stuck.deleting': 'deleting',
  'stuck.not-deleted': 'not-deleted',
  'stuck.found-by-tag': 'found-by-tag',
} as const;
