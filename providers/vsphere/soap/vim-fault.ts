import { childOf, declaredType, textOf, type XmlElement } from './xml-reader.js';

/**
 * What vSphere said when it refused: as a SOAP fault (the call was refused) or as the error of a task
 * (the call was accepted, its work failed). `kind` is the fault's type, for instance `DuplicateName`.
 */
export class VimFault extends Error {
  override readonly name = 'VimFault';
  readonly kind: string;
  readonly detail: XmlElement | undefined;

  constructor(kind: string, message: string, detail?: XmlElement) {
    super(message === '' ? kind : `${kind}: ${message}`);
    this.kind = kind;
    this.detail = detail;
  }
}

/** From `<Fault>` in a SOAP body. */
export function readSoapFault(fault: XmlElement): VimFault {
  const detail = childOf(fault, 'detail')?.children[0];
  const message = textOf(fault, 'faultstring') ?? '';
  if (detail === undefined) return new VimFault('SoapFault', message);
  return new VimFault(declaredType(detail) ?? detail.name.replace(/Fault$/, ''), message, detail);
}

/** From `info.error`, a LocalizedMethodFault. */
export function readTaskFault(error: XmlElement): VimFault {
  const detail = childOf(error, 'fault');
  const kind = detail === undefined ? undefined : declaredType(detail);
  return new VimFault(kind ?? 'MethodFault', textOf(error, 'localizedMessage') ?? '', detail);
}
