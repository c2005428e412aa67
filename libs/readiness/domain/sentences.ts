import type { Reason } from '@springtide/contracts';

/**
 * Every finding and every piece of advice, in English. The console has the same codes with the same parameters in its
 * languages.
 */
export const SENTENCES = {
  'quota-enough':
    '{{free}} of {{limit}} vCPUs of quota {{quota}} are free; the plan needs {{needed}} at most.',
  'quota-tight':
    'Quota {{quota}} has {{free}} vCPUs free and the plan needs {{needed}}: little is left for a fallback.',
  'quota-short':
    'Quota {{quota}} has {{free}} vCPUs free and the plan needs {{needed}}: {{missing}} are missing.',
  'quota-unnamed': 'The cloud names no quota for {{types}}, so how many may be had is not known.',
  'quota-untold': 'This cloud does not tell its quota: {{why}}.',
  'addresses-enough': 'Network {{network}} has {{free}} free addresses; the plan needs {{needed}} at most.',
  'addresses-tight': 'Network {{network}} has {{free}} free addresses and the plan needs {{needed}}.',
  'addresses-spread':
    'No single network has the {{needed}} addresses that the plan needs; all of them together have {{free}}.',
  'addresses-short': 'The networks have {{free}} free addresses and the plan needs {{needed}}.',
  'addresses-unnamed': 'No network of this zone could be found, and the plan needs {{needed}} addresses.',
  'addresses-untold': 'How many addresses are free is not known: {{why}}.',
  'balance-enough': 'The account has {{left}} {{currency}}; the plan costs {{amount}} {{currency}} there.',
  'balance-tight':
    'The account has {{left}} {{currency}} and the plan costs {{amount}} {{currency}} there: little is left for a fallback.',
  'balance-short': 'The account has {{left}} {{currency}} and the plan costs {{amount}} {{currency}} there.',
  'balance-untold':
    'The balance of this account is not told in {{currency}} by its cloud. The plan costs {{amount}} {{currency}} there.',
  'image-present': 'Image {{image}} is there.',
  'image-missing': 'Image {{image}} is not there: no machine can be made from it.',
  'image-unlisted': 'Whether image {{image}} is there is not known: {{why}}.',
  'digest-same': 'The image has the same digest in all {{places}} places.',
  'digest-differs': 'The image differs between places: {{digests}}.',
  'digest-untold':
    'Whether the image is the same in {{places}} is not known: the clouds tell no digest of it.',
  'configuration-complete': 'The user data has {{bytes}} bytes and no place left to fill in.',
  'configuration-open': 'The user data has places left to fill in: {{names}}.',
  'configuration-long': 'The user data has {{bytes}} bytes; clouds take {{most}} at most.',
  'configuration-absent':
    'The service has no user data: whether its image brings configuration and secrets cannot be seen from here.',
  'reach-unmeasured':
    '{{endpoint}} ({{host}}:{{port}}) was not measured: nothing runs in {{place}} from which it could be tried.',
  'reach-from-here':
    '{{endpoint}} ({{host}}:{{port}}) takes connections from where Springtide runs; from the networks of {{place}} it was not measured, and firewalls may differ there.',
  'reach-silent':
    '{{endpoint}} ({{host}}:{{port}}) does not answer where Springtide runs ({{why}}), and was not measured from {{place}}.',
  'reach-undeclared': 'The template declares no address that the service calls, so none could be checked.',
  'burst-reached': 'The entrance found a machine of this service healthy there {{days}} days ago.',
  'burst-reached-long-ago':
    'The entrance last found a machine of this service healthy there {{days}} days ago; firewalls may have changed.',
  'burst-never-reached':
    'Not measured: no machine of this service was ever found healthy there by the entrance.',
  'stock-enough': 'The cloud has {{stock}} machines in stock; the plan needs {{needed}} at most.',
  'stock-said-enough': 'The cloud says that stock is {{level}}; the plan needs {{needed}} machines at most.',
  'stock-low': 'The cloud says that stock is low, and the plan needs {{needed}} machines.',
  'stock-short': 'The cloud has {{stock}} machines in stock and the plan needs {{needed}}.',
  'stock-none': 'Sold out: the plan needs {{needed}} machines of it.',
  'stock-withdrawn': 'It is no longer offered, and the plan needs {{needed}} machines of it.',
  'trial-passed': 'The cloud would make {{machines}} machines now; it was tried, and nothing was made.',
  'trial-refused': 'The cloud would refuse {{machines}} machines now: {{why}}',
  'trial-untold': 'A launch of {{machines}} machines could not be tried: {{why}}',
  'stock-untold': 'How many machines are in stock is not known: {{why}}.',
  'reservation-untold':
    'Up to {{machines}} machines depend on what is in stock on the night: Springtide does not read capacity reservations yet.',
  'price-kept':
    'At prices of now the plan costs {{now}} {{currency}}, {{percent}} % of {{planned}} {{currency}}.',
  'price-risen':
    'At prices of now the plan costs {{now}} {{currency}}, {{percent}} % of {{planned}} {{currency}}: more than the limit of {{limit}} %.',
  'price-nothing': 'At prices of now the plan costs nothing, as it did when it was made.',
  'price-no-longer-nothing':
    'At prices of now the plan costs {{now}} {{currency}}; it was planned to cost nothing.',
  'price-untold': 'The prices of now could not be read for {{pools}}.',
  'entrance-serves': '{{healthy}} of {{members}} standing machines are healthy behind {{entrance}}.',
  'entrance-degraded': 'Only {{healthy}} of {{members}} standing machines are healthy behind {{entrance}}.',
  'entrance-empty': 'Nothing stands behind {{entrance}}: there is no home for traffic after the campaign.',
  'entrance-unread': 'The entrance could not be read: {{why}}',
  'certificate-valid': 'The certificate of {{name}} is valid for {{days}} days more.',
  'certificate-ends-soon': 'The certificate of {{name}} ends in {{days}} days.',
  'certificate-ends': 'The certificate of {{name}} ends at {{at}}, before the campaign is over.',
  'certificate-untrusted': 'The certificate of {{name}} is not accepted: {{why}}.',
  'certificate-none':
    'The entrance {{entrance}} speaks plain HTTP here, so no certificate could be looked at.',
  'certificate-unread': 'The certificate could not be looked at: {{why}}',
  'link-undeclared':
    'Not measured: nobody declared the line between home and {{sites}}, and nothing stands at its far end to measure from.',
  'link-load-untold':
    'Link {{link}} has {{free}} Mbit/s for campaigns ({{evidence}}), as declared and not measured; no service says what its requests move over it.',
  'link-declared':
    'Link {{link}} has {{free}} Mbit/s for campaigns ({{evidence}}) and the plan moves {{needed}} at most: as declared, not measured.',
  'link-narrow':
    'Link {{link}} has {{free}} Mbit/s for campaigns ({{evidence}}), as declared, and the plan moves {{needed}}.',
  'api-fits':
    'The API itself needs {{seconds}} s for {{machines}} machines in {{phase}}; {{slack}} s are kept for it.',
  'api-tight':
    'The API itself needs {{seconds}} s for {{machines}} machines in {{phase}}, most of the {{slack}} s kept for it.',
  'api-slow':
    'The API itself needs {{seconds}} s for {{machines}} machines in {{phase}}; only {{slack}} s are kept for it, so the last machines come late.',
  'api-at-once': 'All calls of every phase can be sent at once.',
  'permissions-granted':
    'The cloud knows us as {{identity}}; all {{granted}} permissions that were tried are granted.',
  'permissions-untried': 'The cloud knows us as {{identity}}; it cannot be asked for single permissions.',
  'permissions-missing': 'The credential lacks {{missing}}.',
  'account-refused': 'The cloud does not accept the credential: {{why}}',
  'account-unreached': 'The cloud could not be asked: {{why}}',
  'clock-skewed': 'The cloud’s clock differs from ours by {{seconds}} s; calls may be refused for it.',
  'credential-young': 'The credential is {{days}} days old.',
  'credential-old': 'The credential is {{days}} days old; after {{most}} it should be changed.',
  'no-kubernetes': 'The plan buys machines only; no Kubernetes node has to pull an image.',
  'no-public-cloud': 'The plan buys nothing in a public cloud.',
  'raise-quota':
    'Ask the cloud for at least {{missing}} vCPUs more of {{quota}}, or have a plan made that uses less of it.',
  'enlarge-network': 'Give the account a network with at least {{needed}} free addresses in this zone.',
  'look-at-balance':
    'Look at the balance in the cloud’s console and see that {{amount}} {{currency}} are there.',
  'bring-image': 'Copy or build image {{image}} there, or name another one in the template.',
  'rebuild-image': 'Build the image once and copy that one everywhere.',
  'compare-images': 'Compare builds by hand, or boot one machine of each place in a rehearsal.',
  'fill-in': 'Fill in {{names}} in the template and store it as a new version.',
  shorten: 'Move the contents to the image or to a place from which machines fetch them.',
  'look-at-image': 'Boot one machine from the image in a rehearsal and see that it serves.',
  'try-from-there': 'Rehearse with one machine there, and try the address from it.',
  'declare-reach': 'List under “reaches” of the service what it calls: name, host and port.',
  'declare-link': 'Declare the line and what campaigns may use of it: springtide link set.',
  'declare-traffic': 'Say in the template what one request moves home: homeKbitPerRequest of the service.',
  'measure-link':
    'Move as much between a machine there and home in a rehearsal, and write the result into the link’s evidence.',
  'widen-link':
    'Have the line widened to {{needed}} Mbit/s, or have a plan made now: it places less behind that line.',
  'choose-other-pool': 'Have a plan made on the market of now, or book a capacity reservation.',
  'look-at-stock': 'Ask the cloud’s account manager, or reserve capacity.',
  'plan-again': 'Have a plan made at prices of now, and ask for approval of that.',
  'refresh-prices': 'Verify the account, and check again.',
  'mend-entrance': 'See to the standing machines that are not healthy, or take them out of the route.',
  'mend-route': 'Verify the account of the entrance, and that its proxy runs.',
  'renew-certificate': 'Renew the certificate of the entrance.',
  'begin-earlier':
    'Ask the cloud for a higher API limit, let more accounts carry the plan, or begin the phase earlier.',
  'grant-permissions': 'Grant the credential what it lacks; the provider’s least-privilege policy lists it.',
  'enter-credential': 'Enter a valid credential for the account and verify it.',
  'verify-account': 'Check that the cloud’s address can be reached from here, then verify the account.',
  'set-clock': 'Synchronise the clock of the machines that Springtide runs on.',
  'rotate-credential': 'Enter a new credential; the old one stays in use until the new one has worked.',
} as const;

export type SentenceCode = keyof typeof SENTENCES;
export type SentenceParams = Readonly<Record<string, string | number>>;

export function say(code: SentenceCode, params: SentenceParams = {}): Reason {
  const text = SENTENCES[code].replaceAll(/\{\{(\w+)\}\}/g, (_hole, name: string) =>
    String(params[name] ?? '?'),
  );
  return { code, params: { ...params }, text };
}
