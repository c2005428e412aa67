import { OpenApiUtil } from '@alicloud/openapi-core';
import { authorize, sha256 } from './acs3.js';

const key = { accessKeyId: 'LTAI5tSpecSpecSpec', accessKeySecret: 'spec-secret' };

type SignedRequest = Parameters<typeof OpenApiUtil.getAuthorization>[0];

/** The vendor's own signer, over the same request. */
function vendorSigns(method: string, path: string, query: Record<string, string>, headers: object): string {
  const request = { method, pathname: path, query, headers } as SignedRequest;
  return OpenApiUtil.getAuthorization(
    request,
    'ACS3-HMAC-SHA256',
    (headers as Record<string, string>)['x-acs-content-sha256'] ?? '',
    key.accessKeyId,
    key.accessKeySecret,
  );
}

describe('authorize', () => {
  it.each([
    ['POST', '/', { 'Tag.1.Key': 'springtide:intent', 'Tag.1.Value': "双十一 *~!()'", Amount: '2' }],
    ['POST', '/', {}],
    ['GET', '/clusters/c1/nodepools', { page_size: '50' }],
  ])('signs %s %s as the vendor’s SDK does', (method, path, query) => {
    const bodyHash = sha256('');
    const headers = {
      host: '127.0.0.1:4711',
      'x-acs-action': 'RunInstances',
      'x-acs-version': '2014-05-26',
      'x-acs-date': '2026-11-11T00:00:00Z',
      'x-acs-signature-nonce': 'n-1',
      'x-acs-content-sha256': bodyHash,
      'x-acs-security-token': 'lent',
    };
    const wire = query as Record<string, string>;
    expect(authorize({ method, path, query: wire, headers, bodyHash }, key)).toBe(
      vendorSigns(method, path, wire, headers),
    );
  });
});
