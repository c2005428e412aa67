import { describeProviderConformance } from '@springtide/provider-kit/conformance';
import { awsConformance } from '../../test/yard/aws/aws-conformance.js';
import { manifest } from './index.js';

describeProviderConformance(await awsConformance(manifest, 'fleet'));
