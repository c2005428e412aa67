import type { LastAnswers } from './last-answers.js';
import { errorAnswer, xmlAnswer, type WireAnswer, type WireCall } from './query-protocol.js';
import { XmlElement, documentText } from './xml-element.js';

/** Lists that the emulator gives whole whatever is asked for, and the element that holds each. */
const HOLDERS: ReadonlyMap<string, string> = new Map([
  ['DescribeVolumes', 'volumeSet'],
  ['DescribeSnapshots', 'snapshotSet'],
  ['DescribeNetworkInterfaces', 'networkInterfaceSet'],
  ['DescribeSecurityGroups', 'securityGroupInfo'],
]);
const SMALLEST = 5;
const LARGEST = 1_000;

/** What hangs on machines, page by page. The token is where the next page begins. */
export class PartLists {
  constructor(private readonly answers: LastAnswers) {}

  pages(call: WireCall): boolean {
    return HOLDERS.has(call.action) && call.params.has('MaxResults');
  }

  async page(call: WireCall): Promise<WireAnswer> {
    const { MaxResults: size = '', NextToken: token = '0', ...params } = Object.fromEntries(call.params);
    const most = Number(size);
    if (!(most >= SMALLEST && most <= LARGEST)) {
      const text = `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value between ${SMALLEST} and ${LARGEST}.`;
      return errorAnswer('ec2', 400, 'InvalidParameterValue', text);
    }
    const answer = await this.answers.read(call, new Map(Object.entries(params)));
    if ('refused' in answer) return answer.refused;
    return xmlAnswer(documentText(cut(answer.root, HOLDERS.get(call.action) ?? '', Number(token), most)));
  }
}

function cut(root: XmlElement, holder: string, from: number, most: number): XmlElement {
  const items = root.list(holder);
  const page = root.copy();
  page.remove('nextToken');
  page.put(new XmlElement(holder, {}, items.slice(from, from + most)));
  if (from + most < items.length) page.put(XmlElement.leaf('nextToken', String(from + most)));
  return page;
}
