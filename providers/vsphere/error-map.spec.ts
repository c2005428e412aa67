import { meaningOf } from './error-map.js';
import { readSoapFault, readTaskFault } from './soap/vim-fault.js';
import { parseXml, textOf } from './soap/xml-reader.js';

const soapFault = (kind: string): ReturnType<typeof readSoapFault> =>
  readSoapFault(
    parseXml(
      `<Fault><faultcode>ServerFaultCode</faultcode><faultstring>no</faultstring><detail>
       <${kind}Fault xmlns:xsi="x" xsi:type="${kind}"><name>shop-0</name></${kind}Fault></detail></Fault>`,
    ),
  );

const taskFault = (kind: string): ReturnType<typeof readTaskFault> =>
  readTaskFault(
    parseXml(
      `<error><fault xmlns:xsi="x" xsi:type="${kind}"><object type="VirtualMachine">vm-7</object></fault>
       <localizedMessage>no</localizedMessage></error>`,
    ),
  );

describe('the meaning of a fault', () => {
  it.each([
    ['InvalidLogin', 'unauthenticated', 'never', 'none'],
    ['NoPermission', 'permission-denied', 'never', 'none'],
    ['InsufficientMemoryResourcesFault', 'insufficient-capacity', 'elsewhere', 'none'],
    ['NoCompatibleHost', 'insufficient-capacity', 'elsewhere', 'none'],
    ['DuplicateName', 'conflict', 'never', 'none'],
    ['ConcurrentAccess', 'conflict', 'same', 'none'],
    ['HostNotConnected', 'unavailable', 'same', 'none'],
    ['ManagedObjectNotFound', 'not-found', 'never', 'none'],
    ['InvalidArgument', 'invalid-argument', 'never', 'none'],
    ['Timedout', 'timeout', 'same', 'maybe'],
    ['SomethingNobodyHasSeen', 'unknown', 'same', 'maybe'],
    // Words that every object knows are no entries of the table.
    ['constructor', 'unknown', 'same', 'maybe'],
  ])('%s is %s', (kind, code, retry, effect) => {
    for (const fault of [soapFault(kind), taskFault(kind)]) {
      expect(meaningOf(fault, 'CloneVM_Task')).toMatchObject({ code, retry, effect });
    }
  });

  it('keeps the fault, its words and its facts', () => {
    const error = meaningOf(taskFault('DuplicateName'), 'CloneVM_Task');
    expect(error.message).toBe('CloneVM_Task was refused by vSphere: DuplicateName: no');
    expect(error.facts).toEqual({ fault: 'DuplicateName' });
    expect(textOf(soapFault('DuplicateName').detail, 'name')).toBe('shop-0');
  });

  it('reads faults that declare no type, or have no detail', () => {
    const plain = parseXml(
      '<Fault><faultstring>x</faultstring><detail><InvalidLoginFault/></detail></Fault>',
    );
    expect(readSoapFault(plain).kind).toBe('InvalidLogin');
    expect(readSoapFault(parseXml('<Fault><faultstring>x</faultstring></Fault>')).kind).toBe('SoapFault');
    expect(readTaskFault(parseXml('<error/>')).kind).toBe('MethodFault');
  });
});
