import { ensureVenv } from '../tools/python-venv.js';

/** Clients that nobody here wrote: the vendor's older and current Python SDKs, and Apache Libcloud's driver. */
export const PYTHON_CLIENTS = [
  'aliyun-python-sdk-core==2.16.1',
  'aliyun-python-sdk-ecs==4.24.83',
  'alibabacloud-ecs20140526==7.11.8',
  'alibabacloud-vpc20160428==7.2.2',
  'alibabacloud-alb20200616==1.3.3',
  'alibabacloud-slb20140515==3.3.31',
  'alibabacloud-alidns20150109==4.6.1',
  'alibabacloud-bssopenapi20171214==5.1.2',
  'alibabacloud-cs20151215==7.2.3',
  'alibabacloud-sts20150401==1.2.0',
  'alibabacloud-quotas20200510==1.2.2',
  'apache-libcloud==3.9.1',
];

/** Path of a Python that has them. @throws failed-precondition where they cannot be had. */
export function alibabaPython(): Promise<string> {
  return ensureVenv({ name: 'alibaba-clients', packages: PYTHON_CLIENTS, binary: 'python' });
}
