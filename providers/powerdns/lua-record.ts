/** One group as its record holds it; `milli` is its share in thousandths of a percent. */
export type NamedGroup = Readonly<{
  name: string;
  milli: number;
  members: readonly Readonly<{ id: string; address: string }>[];
}>;
export type NamedRoute = Readonly<{ port: number; groups: readonly NamedGroup[] }>;

/**
 * An address that never accepts a connection. PowerDNS answers with all addresses when none of them is up, which looks
 * like all of them being up; only when this one is among them is nobody there.
 */
export const NOBODY = '255.255.255.255';

const OPTIONS = `{selector='all',backupSelector='all'}`;
const ESCAPED = /[^A-Za-z0-9._:@/+~=]/g;

/**
 * One group is drawn by weight among those with somebody up (among all when there is none), then one of its members
 * that are up. No loop goes over members: PowerDNS counts the instructions of a record and stops at 1000. It draws
 * addresses only, so groups are drawn as `0.0.0.<n>`.
 */
const CHOICE =
  `local o=${OPTIONS} local a,b,u={},{},{} ` +
  `for i,x in ipairs(g) do if x.w>0 then local l,k=ifportup(p,x.m,o),'0.0.0.'..i u[k]=l ` +
  `if #l<#x.m then a[#a+1]={x.w,k} else l[#l]=nil b[#b+1]={x.w,k} end end end ` +
  `if #a==0 then a=b end if #a==0 then return {} end return pickrandom(u[pickwrandom(a)])`;

/** What the record's first line of code may be, and no other. */
const FORM = /^A ";local p,g=(\d{1,5}),\{(.*)\} --\[\[(.*)\]\] (local o=.*)"$/;
const GROUP = /\{n='([a-z0-9-]+)',w=(\d+),m=\{([0-9.',]*)\}\},?/g;

/** Content of the LUA record that clients ask: the whole state of the route, and the code that answers by it. */
export function answerRecord({ port, groups }: NamedRoute): string {
  const table = groups.map(({ name, milli, members }) => {
    const addresses = [...members.map(({ address }) => address), NOBODY].map((one) => `'${one}'`);
    return `{n='${name}',w=${milli},m={${addresses.join(',')}}}`;
  });
  const ids = groups.map(({ members }) => members.map(({ id }) => escapeId(id)).join(' ')).join('|');
  return `A ";local p,g=${port},{${table.join(',')}} --[[${ids}]] ${CHOICE}"`;
}

/** Content of the LUA record beside it: every address that is up, or all with `NOBODY` among them when none is. */
export function healthRecord({ port, groups }: NamedRoute): string {
  const addresses = groups.flatMap(({ members }) => members.map(({ address }) => address));
  const all = [...new Set(addresses), NOBODY].map((one) => `'${one}'`);
  return `A ";return ifportup(${port},{${all.join(',')}},${OPTIONS})"`;
}

/** Undefined for a record that is not, to the letter, what would be written for what it says. */
export function parseAnswerRecord(content: string): NamedRoute | undefined {
  const [, port = '', table = '', comment = ''] = FORM.exec(content) ?? [];
  const ids = comment.split('|').map((part) => (part === '' ? [] : part.split(' ').map(unescapeId)));
  const groups = [...table.matchAll(GROUP)].map(([, name = '', milli = '', list = ''], at) => {
    const addresses = list.split(',').map((quoted) => quoted.slice(1, -1));
    const members = addresses.slice(0, -1).map((address, n) => ({ id: ids[at]?.[n] ?? '', address }));
    return { name, milli: Number(milli), members };
  });
  const route = { port: Number(port), groups };
  return answerRecord(route) === content ? route : undefined;
}

/** Whatever could end a comment or a string of Lua, or part two ids, becomes `%` and two hexadecimal digits. */
function escapeId(id: string): string {
  return id.replaceAll(ESCAPED, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function unescapeId(escaped: string): string {
  return escaped.replaceAll(/%([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
