import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../tools/lane.js';
import { WireError } from '../wire/wire-error.js';

const PRODUCTS = [
  'cvm',
  'cbs',
  'vpc',
  'clb',
  'dnspod',
  'tke',
  'sts',
  'tag',
  'billing',
  'cloudaudit',
] as const;

export type Product = (typeof PRODUCTS)[number];

export type ActionContract = Readonly<{
  product: Product;
  action: string;
  request: string;
  response: string;
}>;

type Member = Readonly<{
  type: string;
  list: boolean;
  required: boolean;
  always: boolean;
  nullable: boolean;
}>;
type Objects = ReadonlyMap<string, ReadonlyMap<string, Member>>;

type ContractFile = Readonly<{
  product: Product;
  version: string;
  source: string;
  actions: Readonly<Record<string, readonly [string, string]>>;
  objects: Readonly<Record<string, Readonly<Record<string, string>>>>;
}>;

type EnumFile = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

const WHOLE = new Set(['int64', 'uint64']);
const TEXT = new Set(['string', 'datetime', 'datetime_iso', 'date', 'binary']);

/** The vendor's own description of requests and answers, of the actions that are simulated. See NOTICE.md. */
export class ApiContract {
  readonly #actions = new Map<string, ActionContract[]>();
  readonly #versions = new Set<string>();
  readonly #objects = new Map<Product, Objects>();
  /** Allowed texts by `product/Object.Member`; the vendor's description has them only in its prose. */
  readonly #words = new Map<string, readonly string[]>();

  constructor(folder = join(projectRoot(), 'test', 'yard', 'tencent', 'contract')) {
    for (const product of PRODUCTS) this.#read(join(folder, `${product}.json`));
    const enums = JSON.parse(readFileSync(join(folder, 'enums.json'), 'utf8')) as EnumFile;
    for (const [product, members] of Object.entries(enums)) {
      for (const [member, words] of Object.entries(members)) this.#words.set(`${product}/${member}`, words);
    }
  }

  /** `hint` is the first label of the host or the signed service: it decides only where it names a product. */
  find(version: string, action: string, hint: string): ActionContract {
    const found = (this.#actions.get(`${version}/${action}`) ?? []).find(
      ({ product }) => !isProduct(hint) || product === hint,
    );
    if (found !== undefined) return found;
    if (!this.#versions.has(version))
      throw new WireError('NoSuchVersion', `The API version ${version} is not found.`);
    throw new WireError('InvalidAction', `The API ${action} of version ${version} is not found.`);
  }

  actions(): readonly ActionContract[] {
    return [...this.#actions.values()].flat();
  }

  /** @throws WireError UnknownParameter, MissingParameter, InvalidParameter(Value), for the first thing that is wrong. */
  checkRequest(contract: ActionContract, params: unknown): void {
    this.#checkObject(contract.product, contract.request, params, '');
  }

  /** What of an answer is not as the vendor describes it. Empty: nothing. */
  flawsOfAnswer(contract: ActionContract, answer: unknown): readonly string[] {
    const flaws: string[] = [];
    this.#judge(contract.product, contract.response, answer, '', flaws);
    return flaws;
  }

  membersOf(product: Product, name: string): ReadonlyMap<string, Member> {
    return this.#objects.get(product)?.get(name) ?? new Map();
  }

  #read(path: string): void {
    const file = JSON.parse(readFileSync(path, 'utf8')) as ContractFile;
    this.#versions.add(file.version);
    for (const [action, [request, response]] of Object.entries(file.actions)) {
      const key = `${file.version}/${action}`;
      const contract = { product: file.product, action, request, response };
      this.#actions.set(key, [...(this.#actions.get(key) ?? []), contract]);
    }
    const objects = Object.entries(file.objects).map(
      ([name, members]) =>
        [name, new Map(Object.entries(members).map(([member, code]) => [member, memberOf(code)]))] as const,
    );
    this.#objects.set(file.product, new Map(objects));
  }

  #checkObject(product: Product, name: string, value: unknown, path: string): void {
    const members = this.membersOf(product, name);
    if (!isRecord(value)) throw wrongType(path);
    for (const key of Object.keys(value)) {
      if (!members.has(key)) {
        throw new WireError('UnknownParameter', `The parameter \`${path}${key}\` is not recognized.`);
      }
    }
    for (const [key, member] of members) {
      const part = value[key];
      if (part !== undefined && part !== null) {
        this.#checkMember(product, member, part, `${path}${key}`);
        this.#checkWord(`${product}/${name}.${key}`, part, `${path}${key}`);
      } else if (member.required && !(part === null && member.nullable)) {
        throw new WireError(
          'MissingParameter',
          `The request is missing a required parameter \`${path}${key}\`.`,
        );
      }
    }
  }

  #checkWord(member: string, value: unknown, path: string): void {
    const words = this.#words.get(member);
    if (words === undefined || typeof value !== 'string' || words.includes(value)) return;
    throw new WireError(
      'InvalidParameterValue',
      `The value \`${value}\` of parameter \`${path}\` is not allowed.`,
    );
  }

  #checkMember(product: Product, member: Member, value: unknown, path: string): void {
    if (!member.list) return this.#checkValue(product, member.type, value, path);
    if (!Array.isArray(value)) throw wrongType(path);
    value.forEach((item, n) => this.#checkValue(product, member.type, item, `${path}.${n}`));
  }

  #checkValue(product: Product, type: string, value: unknown, path: string): void {
    const verdict = plainVerdict(type, value);
    if (verdict === 'wrong') throw wrongType(path);
    if (verdict === undefined) this.#checkObject(product, type, value, `${path}.`);
  }

  #judge(product: Product, name: string, value: unknown, path: string, flaws: string[]): void {
    if (!isRecord(value)) {
      flaws.push(`${path} is no ${name}`);
      return;
    }
    const members = this.membersOf(product, name);
    for (const key of Object.keys(value))
      if (!members.has(key)) flaws.push(`${path}${key} is not in ${name}`);
    for (const [key, member] of members) {
      const part = value[key];
      if (part === undefined) {
        if (member.always) flaws.push(`${path}${key} is missing`);
      } else if (part === null) {
        if (!member.nullable) flaws.push(`${path}${key} must not be null`);
      } else this.#judgeMember(product, member, part, `${path}${key}`, flaws);
    }
  }

  #judgeMember(product: Product, member: Member, value: unknown, path: string, flaws: string[]): void {
    if (member.list !== Array.isArray(value)) {
      flaws.push(`${path} must ${member.list ? '' : 'not '}be a list`);
      return;
    }
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      const verdict = plainVerdict(member.type, item);
      if (verdict === 'wrong') flaws.push(`${path} is no ${member.type}`);
      if (verdict === undefined) this.#judge(product, member.type, item, `${path}.`, flaws);
    }
  }
}

export function isProduct(name: string): name is Product {
  return (PRODUCTS as readonly string[]).includes(name);
}

/** undefined: not a plain type, but an object of the contract. */
function plainVerdict(type: string, value: unknown): 'right' | 'wrong' | undefined {
  if (TEXT.has(type)) return typeof value === 'string' ? 'right' : 'wrong';
  if (type === 'bool') return typeof value === 'boolean' ? 'right' : 'wrong';
  if (type === 'float') return typeof value === 'number' ? 'right' : 'wrong';
  if (!WHOLE.has(type)) return undefined;
  return Number.isInteger(value) && (type === 'int64' || (value as number) >= 0) ? 'right' : 'wrong';
}

/** `[Tag!+?`: a list of tags, required in requests, always in answers, where it may be null. */
function memberOf(code: string): Member {
  const [, list, type = '', marks = ''] = /^(\[?)(\w+)([!+?]*)$/.exec(code) ?? [];
  return {
    type,
    list: list === '[',
    required: marks.includes('!'),
    always: marks.includes('+'),
    nullable: marks.includes('?'),
  };
}

function wrongType(path: string): WireError {
  return new WireError('InvalidParameter', `The value type of parameter \`${path}\` is not valid.`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
