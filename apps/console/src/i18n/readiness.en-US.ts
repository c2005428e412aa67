/** Readiness: every finding and every piece of advice by the code that the server gives it. */
export const readinessEnUS = {
  'campaign.part.readiness': 'Readiness',
  'readiness.check-now': 'Check now',
  'readiness.check-note': 'Asks clouds and entrances; nothing is bought or changed.',
  'readiness.never': 'This plan was never checked.',
  'readiness.no-plan': 'There is nothing to be ready for before there is a plan.',
  'readiness.gate.required': 'Approving needs a fresh check without anything in the way.',
  'readiness.gate.advisory':
    'Shown to the approver and kept with the approval; it does not stand in the way.',
  'readiness.verdict': 'Verdict',
  'readiness.verdict.green': 'Ready',
  'readiness.verdict.amber': 'Doubtful',
  'readiness.verdict.red': 'Not ready',
  'readiness.verdict.unknown': 'Not measured',
  'readiness.blocking': 'In the way',
  'readiness.checked': 'Checked',
  'readiness.checked-by': 'by {{by}}',
  'readiness.fresh-until': 'Fresh until {{at}}',
  'readiness.hash': 'Hash of the check',
  'readiness.findings': 'What was found',
  'readiness.findings-note': 'Worst first. What was not measured is never counted as ready.',
  'readiness.none': 'Nothing had to be checked.',
  'readiness.check': 'Check',
  'readiness.about': 'About',
  'readiness.finding': 'Finding',
  'readiness.action': 'What to do',
  'readiness.owner': 'Owner',
  'readiness.due': 'Due',
  'readiness.overdue': 'overdue',
  'readiness.measured': 'Measured',
  'readiness.unmeasured': 'not measured',
  'readiness.blocks': 'stands in the way',
  'readiness.overridden': 'Overridden by {{by}}: {{reason}}',
  'readiness.override': 'Override',
  'readiness.override-title': 'Answer for this finding',
  'readiness.override-note': 'Your name and reason are kept. It holds for this finding on this plan only.',
  'readiness.reason': 'Reason',
  'readiness.not-needed': 'Not needed for this plan',
  'readiness.history': 'Checks before',
  'readiness.evidence': 'Readiness when approved',
  'readiness.evidence-none': 'not checked',
  'readiness.evidence-of': '{{verdict}}, checked {{at}}',
  'readiness.owner.infrastructure': 'Infrastructure',
  'readiness.owner.operations': 'Business operations',
  'readiness.owner.finance': 'Finance',
  'readiness.owner.security': 'Security',
  'readiness.check.quota': 'Quota',
  'readiness.check.addresses': 'Addresses',
  'readiness.check.balance': 'Balance',
  'readiness.check.image': 'Image',
  'readiness.check.configuration': 'Configuration and secrets',
  'readiness.check.reach': 'Reach',
  'readiness.check.stock': 'Stock',
  'readiness.check.reservation': 'Capacity reservations',
  'readiness.check.price': 'Prices',
  'readiness.check.entrance': 'Entrance',
  'readiness.check.certificate': 'Certificate',
  'readiness.check.link': 'Links',
  'readiness.check.api-rate': 'API limits',
  'readiness.check.permissions': 'Permissions',
  'readiness.check.credential': 'Credential age',
  'readiness.check.node-images': 'Node images',
  'readiness.say.quota-enough':
    '{{free}} of {{limit}} vCPUs of quota {{quota}} are free; the plan needs {{needed}} at most.',
  'readiness.say.quota-tight':
    'Quota {{quota}} has {{free}} vCPUs free and the plan needs {{needed}}: little is left for a fallback.',
  'readiness.say.quota-short':
    'Quota {{quota}} has {{free}} vCPUs free and the plan needs {{needed}}: {{missing}} are missing.',
  'readiness.say.quota-unnamed':
    'The cloud names no quota for {{types}}, so how many may be had is not known.',
  'readiness.say.quota-untold': 'This cloud does not tell its quota: {{why}}.',
  'readiness.say.addresses-enough':
    'Network {{network}} has {{free}} free addresses; the plan needs {{needed}} at most.',
  'readiness.say.addresses-tight':
    'Network {{network}} has {{free}} free addresses and the plan needs {{needed}}.',
  'readiness.say.addresses-spread':
    'No single network has the {{needed}} addresses that the plan needs; all of them together have {{free}}.',
  'readiness.say.addresses-short': 'The networks have {{free}} free addresses and the plan needs {{needed}}.',
  'readiness.say.addresses-unnamed':
    'No network of this zone could be found, and the plan needs {{needed}} addresses.',
  'readiness.say.addresses-untold': 'How many addresses are free is not known: {{why}}.',
  'readiness.say.balance-enough':
    'The account has {{left}} {{currency}}; the plan costs {{amount}} {{currency}} there.',
  'readiness.say.balance-tight':
    'The account has {{left}} {{currency}} and the plan costs {{amount}} {{currency}} there: little is left for a fallback.',
  'readiness.say.balance-short':
    'The account has {{left}} {{currency}} and the plan costs {{amount}} {{currency}} there.',
  'readiness.say.balance-untold':
    'The balance of this account is not told in {{currency}} by its cloud. The plan costs {{amount}} {{currency}} there.',
  'readiness.say.image-present': 'Image {{image}} is there.',
  'readiness.say.image-missing': 'Image {{image}} is not there: no machine can be made from it.',
  'readiness.say.image-unlisted': 'Whether image {{image}} is there is not known: {{why}}.',
  'readiness.say.digest-same': 'The image has the same digest in all {{places}} places.',
  'readiness.say.digest-differs': 'The image differs between places: {{digests}}.',
  'readiness.say.digest-untold':
    'Whether the image is the same in {{places}} is not known: the clouds tell no digest of it.',
  'readiness.say.configuration-complete': 'The user data has {{bytes}} bytes and no place left to fill in.',
  'readiness.say.configuration-open': 'The user data has places left to fill in: {{names}}.',
  'readiness.say.configuration-long': 'The user data has {{bytes}} bytes; clouds take {{most}} at most.',
  'readiness.say.configuration-absent':
    'The service has no user data: whether its image brings configuration and secrets cannot be seen from here.',
  'readiness.say.reach-unmeasured':
    '{{endpoint}} ({{host}}:{{port}}) was not measured: nothing runs in {{place}} from which it could be tried.',
  'readiness.say.reach-from-here':
    '{{endpoint}} ({{host}}:{{port}}) takes connections from where Springtide runs; from the networks of {{place}} it was not measured, and firewalls may differ there.',
  'readiness.say.reach-silent':
    '{{endpoint}} ({{host}}:{{port}}) does not answer where Springtide runs ({{why}}), and was not measured from {{place}}.',
  'readiness.say.reach-undeclared':
    'The template declares no address that the service calls, so none could be checked.',
  'readiness.say.burst-reached':
    'The entrance found a machine of this service healthy there {{days}} days ago.',
  'readiness.say.burst-reached-long-ago':
    'The entrance last found a machine of this service healthy there {{days}} days ago; firewalls may have changed.',
  'readiness.say.burst-never-reached':
    'Not measured: no machine of this service was ever found healthy there by the entrance.',
  'readiness.say.stock-enough':
    'The cloud has {{stock}} machines in stock; the plan needs {{needed}} at most.',
  'readiness.say.stock-said-enough':
    'The cloud says that stock is {{level}}; the plan needs {{needed}} machines at most.',
  'readiness.say.stock-low': 'The cloud says that stock is low, and the plan needs {{needed}} machines.',
  'readiness.say.stock-short': 'The cloud has {{stock}} machines in stock and the plan needs {{needed}}.',
  'readiness.say.stock-none': 'Sold out: the plan needs {{needed}} machines of it.',
  'readiness.say.stock-withdrawn': 'It is no longer offered, and the plan needs {{needed}} machines of it.',
  'readiness.say.trial-passed':
    'The cloud would make {{machines}} machines now; it was tried, and nothing was made.',
  'readiness.say.trial-refused': 'The cloud would refuse {{machines}} machines now: {{why}}',
  'readiness.say.trial-untold': 'A launch of {{machines}} machines could not be tried: {{why}}',
  'readiness.say.stock-untold': 'How many machines are in stock is not known: {{why}}.',
  'readiness.say.reservation-untold':
    'Up to {{machines}} machines depend on what is in stock on the night: Springtide does not read capacity reservations yet.',
  'readiness.say.price-kept':
    'At prices of now the plan costs {{now}} {{currency}}, {{percent}} % of {{planned}} {{currency}}.',
  'readiness.say.price-risen':
    'At prices of now the plan costs {{now}} {{currency}}, {{percent}} % of {{planned}} {{currency}}: more than the limit of {{limit}} %.',
  'readiness.say.price-nothing': 'At prices of now the plan costs nothing, as it did when it was made.',
  'readiness.say.price-no-longer-nothing':
    'At prices of now the plan costs {{now}} {{currency}}; it was planned to cost nothing.',
  'readiness.say.price-untold': 'The prices of now could not be read for {{pools}}.',
  'readiness.say.entrance-serves':
    '{{healthy}} of {{members}} standing machines are healthy behind {{entrance}}.',
  'readiness.say.entrance-degraded':
    'Only {{healthy}} of {{members}} standing machines are healthy behind {{entrance}}.',
  'readiness.say.entrance-empty':
    'Nothing stands behind {{entrance}}: there is no home for traffic after the campaign.',
  'readiness.say.entrance-unread': 'The entrance could not be read: {{why}}',
  'readiness.say.certificate-valid': 'The certificate of {{name}} is valid for {{days}} days more.',
  'readiness.say.certificate-ends-soon': 'The certificate of {{name}} ends in {{days}} days.',
  'readiness.say.certificate-ends':
    'The certificate of {{name}} ends at {{at}}, before the campaign is over.',
  'readiness.say.certificate-untrusted': 'The certificate of {{name}} is not accepted: {{why}}.',
  'readiness.say.certificate-none':
    'The entrance {{entrance}} speaks plain HTTP here, so no certificate could be looked at.',
  'readiness.say.certificate-unread': 'The certificate could not be looked at: {{why}}',
  'readiness.say.link-undeclared':
    'Not measured: nobody declared the line between home and {{sites}}, and nothing stands at its far end to measure from.',
  'readiness.say.link-load-untold':
    'Link {{link}} has {{free}} Mbit/s for campaigns ({{evidence}}), as declared and not measured; no service says what its requests move over it.',
  'readiness.say.link-declared':
    'Link {{link}} has {{free}} Mbit/s for campaigns ({{evidence}}) and the plan moves {{needed}} at most: as declared, not measured.',
  'readiness.say.link-narrow':
    'Link {{link}} has {{free}} Mbit/s for campaigns ({{evidence}}), as declared, and the plan moves {{needed}}.',
  'readiness.say.api-fits':
    'The API itself needs {{seconds}} s for {{machines}} machines in {{phase}}; {{slack}} s are kept for it.',
  'readiness.say.api-tight':
    'The API itself needs {{seconds}} s for {{machines}} machines in {{phase}}, most of the {{slack}} s kept for it.',
  'readiness.say.api-slow':
    'The API itself needs {{seconds}} s for {{machines}} machines in {{phase}}; only {{slack}} s are kept for it, so the last machines come late.',
  'readiness.say.api-at-once': 'All calls of every phase can be sent at once.',
  'readiness.say.permissions-granted':
    'The cloud knows us as {{identity}}; all {{granted}} permissions that were tried are granted.',
  'readiness.say.permissions-untried':
    'The cloud knows us as {{identity}}; it cannot be asked for single permissions.',
  'readiness.say.permissions-missing': 'The credential lacks {{missing}}.',
  'readiness.say.account-refused': 'The cloud does not accept the credential: {{why}}',
  'readiness.say.account-unreached': 'The cloud could not be asked: {{why}}',
  'readiness.say.clock-skewed':
    'The cloud’s clock differs from ours by {{seconds}} s; calls may be refused for it.',
  'readiness.say.credential-young': 'The credential is {{days}} days old.',
  'readiness.say.credential-old': 'The credential is {{days}} days old; after {{most}} it should be changed.',
  'readiness.say.no-kubernetes': 'The plan buys machines only; no Kubernetes node has to pull an image.',
  'readiness.say.no-public-cloud': 'The plan buys nothing in a public cloud.',
  'readiness.say.raise-quota':
    'Ask the cloud for at least {{missing}} vCPUs more of {{quota}}, or have a plan made that uses less of it.',
  'readiness.say.enlarge-network':
    'Give the account a network with at least {{needed}} free addresses in this zone.',
  'readiness.say.look-at-balance':
    'Look at the balance in the cloud’s console and see that {{amount}} {{currency}} are there.',
  'readiness.say.bring-image': 'Copy or build image {{image}} there, or name another one in the template.',
  'readiness.say.rebuild-image': 'Build the image once and copy that one everywhere.',
  'readiness.say.compare-images': 'Compare builds by hand, or boot one machine of each place in a rehearsal.',
  'readiness.say.fill-in': 'Fill in {{names}} in the template and store it as a new version.',
  'readiness.say.shorten': 'Move the contents to the image or to a place from which machines fetch them.',
  'readiness.say.look-at-image': 'Boot one machine from the image in a rehearsal and see that it serves.',
  'readiness.say.try-from-there': 'Rehearse with one machine there, and try the address from it.',
  'readiness.say.declare-reach': 'List under “reaches” of the service what it calls: name, host and port.',
  'readiness.say.declare-link': 'Declare the line and what campaigns may use of it: springtide link set.',
  'readiness.say.declare-traffic':
    'Say in the template what one request moves home: homeKbitPerRequest of the service.',
  'readiness.say.measure-link':
    'Move as much between a machine there and home in a rehearsal, and write the result into the link’s evidence.',
  'readiness.say.widen-link':
    'Have the line widened to {{needed}} Mbit/s, or have a plan made now: it places less behind that line.',
  'readiness.say.choose-other-pool': 'Have a plan made on the market of now, or book a capacity reservation.',
  'readiness.say.look-at-stock': 'Ask the cloud’s account manager, or reserve capacity.',
  'readiness.say.plan-again': 'Have a plan made at prices of now, and ask for approval of that.',
  'readiness.say.refresh-prices': 'Verify the account, and check again.',
  'readiness.say.mend-entrance':
    'See to the standing machines that are not healthy, or take them out of the route.',
  'readiness.say.mend-route': 'Verify the account of the entrance, and that its proxy runs.',
  'readiness.say.renew-certificate': 'Renew the certificate of the entrance.',
  'readiness.say.begin-earlier':
    'Ask the cloud for a higher API limit, let more accounts carry the plan, or begin the phase earlier.',
  'readiness.say.grant-permissions':
    'Grant the credential what it lacks; the provider’s least-privilege policy lists it.',
  'readiness.say.enter-credential': 'Enter a valid credential for the account and verify it.',
  'readiness.say.verify-account':
    'Check that the cloud’s address can be reached from here, then verify the account.',
  'readiness.say.set-clock': 'Synchronise the clock of the machines that Springtide runs on.',
  'readiness.say.rotate-credential':
    'Enter a new credential; the old one stays in use until the new one has worked.',
} as const;
