import { readAcs3 } from './acs3-signature.js';
import { readPairs } from './percent-encoding.js';
import { readRpcSignature } from './rpc-signature.js';

const EMPTY_BODY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const SIGNED = 'host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version';

/** The examples that the vendor publishes with fixed keys, times and nonces; the signatures are the vendor's own. */
describe('the vendor’s examples of signatures', () => {
  it.each([
    // https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature, fixed parameters
    [
      '2023-10-26T10:22:32Z',
      '3156853299f313e23d1673dc12e1703d',
      '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    ],
    // https://help.aliyun.com/zh/model-studio/user-guide/roa-style-request-body-signature-mechanism
    [
      '2023-10-26T09:01:01Z',
      'd410180a5abf7fe235dd9b74aca91fc0',
      'e521358f7776c97df52e6b2891a8bc73026794a071b50c3323388c4e0df64804',
    ],
  ])('ACS3-HMAC-SHA256 of %s', (date, nonce, signature) => {
    const claim = readAcs3({
      method: 'POST',
      path: '/',
      query: 'ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai',
      headers: {
        host: 'ecs.cn-shanghai.aliyuncs.com',
        'x-acs-action': 'RunInstances',
        'x-acs-content-sha256': EMPTY_BODY_HASH,
        'x-acs-date': date,
        'x-acs-signature-nonce': nonce,
        'x-acs-version': '2014-05-26',
        authorization: `ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=${SIGNED},Signature=${signature}`,
      },
      body: Buffer.alloc(0),
      localAddress: '127.0.0.1',
    });
    expect(claim.expected('YourAccessKeySecret').signature).toBe(signature);
    expect(claim.accessKeyId).toBe('YourAccessKeyId');
  });

  it('HMAC-SHA1 in RPC style', () => {
    // The example of "Sign RPC APIs": DescribeRegions with testid and testsecret.
    const claim = readRpcSignature(
      'GET',
      readPairs(
        'Timestamp=2016-02-23T12:46:24Z&Format=XML&AccessKeyId=testid&Action=DescribeRegions&SignatureMethod=HMAC-SHA1' +
          '&SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf&Version=2014-05-26&SignatureVersion=1.0' +
          '&Signature=OLeaidS1JvxuMvnyHOwuJ%2BuX5qY%3D',
      ),
    );
    expect(claim.expected('testsecret').signature).toBe(claim.signature);
  });

  it('do not hold for another secret', () => {
    const pairs = 'AccessKeyId=a&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&Signature=x';
    const claim = readRpcSignature('GET', readPairs(pairs));
    expect(claim.expected('one').signature).not.toBe(claim.expected('other').signature);
  });
});
