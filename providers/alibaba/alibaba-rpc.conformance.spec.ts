import { describeProviderConformance } from '@springtide/provider-kit/conformance';
import { alibabaConformance } from '../../test/yard/alibaba/alibaba-conformance.js';
import { manifest } from './index.js';

describeProviderConformance(alibabaConformance(manifest, 'rpc'));
