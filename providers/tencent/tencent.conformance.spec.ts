import { describeProviderConformance } from '@springtide/provider-kit/conformance';
import { tencentConformance } from '../../test/yard/tencent/tencent-conformance.js';
import { manifest } from './index.js';

describeProviderConformance(await tencentConformance(manifest));
