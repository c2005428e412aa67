import { describeTrafficConformance } from '@springtide/provider-kit/conformance';
import { updatesConformance } from '../../test/yard/powerdns/updates-conformance.js';
import { manifest } from './index.js';

describeTrafficConformance(await updatesConformance(manifest));
