/** Every finding of a readiness check, and every piece of advice, by its code. */
export const readinessWordsEnUS = {
  'ready.quota-enough': '{free} of {limit} vCPUs of quota {quota} are free; the plan needs {needed} at most.',
  'ready.quota-tight':
    'Quota {quota} has {free} vCPUs free and the plan needs {needed}: little is left for a fallback.',
  'ready.quota-short':
    'Quota {quota} has {free} vCPUs free and the plan needs {needed}: {missing} are missing.',
  'ready.quota-unnamed': 'The cloud names no quota for {types}, so how many may be had is not known.',
  'ready.quota-untold': 'This cloud does not tell its quota: {why}.',
  'ready.addresses-enough': 'Network {network} has {free} free addresses; the plan needs {needed} at most.',
  'ready.addresses-tight': 'Network {network} has {free} free addresses and the plan needs {needed}.',
  'ready.addresses-spread':
    'No single network has the {needed} addresses that the plan needs; all of them together have {free}.',
  'ready.addresses-short': 'The networks have {free} free addresses and the plan needs {needed}.',
  'ready.addresses-unnamed': 'No network of this zone could be found, and the plan needs {needed} addresses.',
  'ready.addresses-untold': 'How many addresses are free is not known: {why}.',
  'ready.balance-enough': 'The account has {left} {currency}; the plan costs {amount} {currency} there.',
  'ready.balance-tight':
    'The account has {left} {currency} and the plan costs {amount} {currency} there: little is left for a fallback.',
  'ready.balance-short': 'The account has {left} {currency} and the plan costs {amount} {currency} there.',
  'ready.balance-untold':
    'The balance of this account is not told in {currency} by its cloud. The plan costs {amount} {currency} there.',
  'ready.image-present': 'Image {image} is there.',
  'ready.image-missing': 'Image {image} is not there: no machine can be made from it.',
  'ready.image-unlisted': 'Whether image {image} is there is not known: {why}.',
  'ready.digest-same': 'The image has the same digest in all {places} places.',
  'ready.digest-differs': 'The image differs between places: {digests}.',
  'ready.digest-untold':
    'Whether the image is the same in {places} is not known: the clouds tell no digest of it.',
  'ready.configuration-complete': 'The user data has {bytes} bytes and no place left to fill in.',
  'ready.configuration-open': 'The user data has places left to fill in: {names}.',
  'ready.configuration-long': 'The user data has {bytes} bytes; clouds take {most} at most.',
  'ready.configuration-absent':
    'The service has no user data: whether its image brings configuration and secrets cannot be seen from here.',
  'ready.configuration-untold':
    'Whether machines in {places} get their configuration {name} from {keptIn} was not measured: nothing runs there yet.',
  'ready.secret-untold':
    'Whether machines in {places} get the secret {name} from {keptIn} was not measured: nothing runs there yet.',
  'ready.attested': '{by} vouches for it until {until}: {statement} Nothing was measured.',
  'ready.reach-unmeasured':
    '{endpoint} ({host}:{port}) was not measured: nothing runs in {place} from which it could be tried.',
  'ready.reach-from-here':
    '{endpoint} ({host}:{port}) takes connections from where Springtide runs; from the networks of {place} it was not measured, and firewalls may differ there.',
  'ready.reach-silent':
    '{endpoint} ({host}:{port}) does not answer where Springtide runs ({why}), and was not measured from {place}.',
  'ready.reach-open-there': '{endpoint} ({host}:{port}) took a connection from machine {machine} in {place}.',
  'ready.reach-refused-there':
    '{endpoint} ({host}:{port}) refused a connection from machine {machine} in {place}: the way is open, and nothing listens there for it, or a firewall refuses.',
  'ready.reach-silent-there':
    '{endpoint} ({host}:{port}) did not answer machine {machine} in {place}: a firewall or a missing route swallows connections from there.',
  'ready.reach-unnamed-there':
    'The name {host} of {endpoint} is not known to machine {machine} in {place}, so port {port} could not be tried.',
  'ready.reach-untried-there':
    'Machine {machine} in {place} has nothing to open connections with, so {endpoint} ({host}:{port}) was not tried.',
  'ready.probe-silent':
    'The probe from {place} could not report in time: either there is no way back to Springtide from there, or its machine never booted. Machine {machine} was last seen as “{state}”; it is taken back.',
  'ready.probe-unbought': 'No machine could be had in {place} to try from there: {why}',
  'ready.probe-stopped': 'The probe from {place} was ended by the stop switch: {why}',
  'ready.probe-answered': 'The probe from {place} reported; machine {machine} was last seen as “{state}”.',
  'ready.reach-undeclared':
    'The template declares no address that the service calls, so none could be checked.',
  'ready.burst-reached': 'The entrance found a machine of this service healthy there {days} days ago.',
  'ready.burst-reached-long-ago':
    'The entrance last found a machine of this service healthy there {days} days ago; firewalls may have changed.',
  'ready.burst-never-reached':
    'Not measured: no machine of this service was ever found healthy there by the entrance.',
  'ready.stock-enough': 'The cloud has {stock:machines} in stock; the plan needs {needed} at most.',
  'ready.stock-said-enough':
    'The cloud says that stock is {level}; the plan needs {needed:machines} at most.',
  'ready.stock-low': 'The cloud says that stock is low, and the plan needs {needed:machines}.',
  'ready.stock-short': 'The cloud has {stock:machines} in stock and the plan needs {needed}.',
  'ready.stock-none': 'Sold out: the plan needs {needed:machines} of it.',
  'ready.stock-withdrawn': 'It is no longer offered, and the plan needs {needed:machines} of it.',
  'ready.trial-passed': 'The cloud would make {machines:machines} now; it was tried, and nothing was made.',
  'ready.trial-refused': 'The cloud would refuse {machines:machines} now: {why}',
  'ready.trial-untold': 'A launch of {machines:machines} could not be tried: {why}',
  'ready.stock-untold': 'How many machines are in stock is not known: {why}.',
  'ready.reservation-untold':
    'Up to {machines:machines} {machines:depend} on what is in stock on the night; whether capacity is set aside was not measured: {why}.',
  'ready.reservation-covers':
    'All {machines:machines} {machines:are} set aside at the cloud until the campaign is over.',
  'ready.reservation-covers-part':
    '{booked} of up to {machines:machines} {machines:are} set aside at the cloud; the others depend on what is in stock on the night.',
  'ready.reservation-none':
    'Nothing is set aside at the cloud: up to {machines:machines} {machines:depend} on what is in stock on the night.',
  'ready.price-kept':
    'At prices of now the plan costs {now} {currency}, {percent} % of {planned} {currency}.',
  'ready.price-risen':
    'At prices of now the plan costs {now} {currency}, {percent} % of {planned} {currency}: more than the limit of {limit} %.',
  'ready.price-nothing': 'At prices of now the plan costs nothing, as it did when it was made.',
  'ready.price-no-longer-nothing':
    'At prices of now the plan costs {now} {currency}; it was planned to cost nothing.',
  'ready.price-untold': 'The prices of now could not be read for {pools}.',
  'ready.entrance-serves': '{healthy} of {members} standing machines are healthy behind {entrance}.',
  'ready.entrance-degraded': 'Only {healthy} of {members} standing machines are healthy behind {entrance}.',
  'ready.entrance-empty':
    'Nothing stands behind {entrance}: there is no home for traffic after the campaign.',
  'ready.entrance-unread': 'The entrance could not be read: {why}',
  'ready.certificate-valid': 'The certificate of {name} is valid for {days} days more.',
  'ready.certificate-ends-soon': 'The certificate of {name} ends in {days} days.',
  'ready.certificate-ends': 'The certificate of {name} ends at {at}, before the campaign is over.',
  'ready.certificate-untrusted': 'The certificate of {name} is not accepted: {why}.',
  'ready.certificate-none':
    'The entrance {entrance} speaks plain HTTP here, so no certificate could be looked at.',
  'ready.certificate-unread': 'The certificate could not be looked at: {why}',
  'ready.link-undeclared':
    'Not measured: nobody declared the line between home and {sites}, and nothing stands at its far end to measure from.',
  'ready.link-load-untold':
    'Link {link} has {free} Mbit/s for campaigns ({evidence}), as declared and not measured; no service says what its requests move over it.',
  'ready.link-declared':
    'Link {link} has {free} Mbit/s for campaigns ({evidence}) and the plan moves {needed} at most: as declared, not measured.',
  'ready.link-narrow':
    'Link {link} has {free} Mbit/s for campaigns ({evidence}), as declared, and the plan moves {needed}.',
  'ready.api-fits':
    'The API itself needs {seconds} s for {machines:machines} in {phase:phase}; {slack} s are kept for it.',
  'ready.api-tight':
    'The API itself needs {seconds} s for {machines:machines} in {phase:phase}, most of the {slack} s kept for it.',
  'ready.api-slow':
    'The API itself needs {seconds} s for {machines:machines} in {phase:phase}; only {slack} s are kept for it, so the last machines come late.',
  'ready.api-at-once': 'All calls of every phase can be sent at once.',
  'ready.permissions-granted':
    'The cloud knows us as {identity}; all {granted} permissions that were tried are granted.',
  'ready.permissions-untried': 'The cloud knows us as {identity}; it cannot be asked for single permissions.',
  'ready.permissions-missing': 'The credential lacks {missing}.',
  'ready.account-refused': 'The cloud does not accept the credential: {why}',
  'ready.account-unreached': 'The cloud could not be asked: {why}',
  'ready.clock-skewed': 'The cloud’s clock differs from ours by {seconds} s; calls may be refused for it.',
  'ready.credential-young': 'The credential is {days} days old.',
  'ready.credential-old': 'The credential is {days} days old; after {most} it should be changed.',
  'ready.no-kubernetes': 'The plan buys machines only; no Kubernetes node has to pull an image.',
  'ready.no-public-cloud': 'The plan buys nothing in a public cloud.',
  'ready.raise-quota':
    'Ask the cloud for at least {missing} vCPUs more of {quota}, or have a plan made that uses less of it.',
  'ready.enlarge-network': 'Give the account a network with at least {needed} free addresses in this zone.',
  'ready.look-at-balance':
    'Look at the balance in the cloud’s console and see that {amount} {currency} are there.',
  'ready.bring-image': 'Copy or build image {image} there, or name another one in the template.',
  'ready.rebuild-image': 'Build the image once and copy that one everywhere.',
  'ready.compare-images': 'Compare builds by hand, or boot one machine of each place in a rehearsal.',
  'ready.fill-in': 'Fill in {names} in the template and store it as a new version.',
  'ready.shorten': 'Move the contents to the image or to a place from which machines fetch them.',
  'ready.look-at-image': 'Boot one machine from the image in a rehearsal and see that it serves.',
  'ready.look-there':
    'Look there, and vouch for it by name: springtide readiness attest. One machine in a rehearsal shows it for certain.',
  'ready.probe-there': 'Have it tried from there: springtide probe start.',
  'ready.set-probe-url':
    'Have the operator set SPRINGTIDE_PROBE_URL, the address at which machines in the clouds reach Springtide; then have it tried from there: springtide probe start.',
  'ready.open-firewall':
    'Open the way from {place} to {host}:{port} (security groups, firewalls, routes, names), and probe again.',
  'ready.open-way-back':
    'Open the way from there to SPRINGTIDE_PROBE_URL, or look at the machine’s boot log at its cloud, and probe again.',
  'ready.probe-again': 'See to the reason, and probe again: springtide probe start.',
  'ready.probe-tools':
    'Use an image with bash, python3, curl or nc, or rehearse with one machine there and try the address from it.',
  'ready.try-from-there': 'Rehearse with one machine there, and try the address from it.',
  'ready.declare-reach': 'List under “reaches” of the service what it calls: name, host and port.',
  'ready.declare-link': 'Declare the line and what campaigns may use of it: springtide link set.',
  'ready.declare-traffic':
    'Say in the template what one request moves home: homeKbitPerRequest of the service.',
  'ready.measure-link':
    'Move as much between a machine there and home in a rehearsal, and write the result into the link’s evidence.',
  'ready.widen-link':
    'Have the line widened to {needed} Mbit/s, or have a plan made now: it places less behind that line.',
  'ready.choose-other-pool': 'Have a plan made on the market of now, or book a capacity reservation.',
  'ready.look-at-stock': 'Ask the cloud’s account manager, or reserve capacity.',
  'ready.plan-again': 'Have a plan made at prices of now, and ask for approval of that.',
  'ready.refresh-prices': 'Verify the account, and check again.',
  'ready.mend-entrance': 'See to the standing machines that are not healthy, or take them out of the route.',
  'ready.mend-route': 'Verify the account of the entrance, and that its proxy runs.',
  'ready.renew-certificate': 'Renew the certificate of the entrance.',
  'ready.begin-earlier':
    'Ask the cloud for a higher API limit, let more accounts carry the plan, or begin the phase earlier.',
  'ready.grant-permissions':
    'Grant the credential what it lacks; the provider’s least-privilege policy lists it.',
  'ready.enter-credential': 'Enter a valid credential for the account and verify it.',
  'ready.verify-account': 'Check that the cloud’s address can be reached from here, then verify the account.',
  'ready.set-clock': 'Synchronise the clock of the machines that Springtide runs on.',
  'ready.rotate-credential': 'Enter a new credential; the old one stays in use until the new one has worked.',
} as const;

type CodeOf<Key> = Key extends `ready.${infer Code}` ? Code : never;

export type ReadinessCode = CodeOf<keyof typeof readinessWordsEnUS>;
