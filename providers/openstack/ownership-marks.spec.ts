import type { LaunchBatch } from '@springtide/provider-kit';
import {
  fromMetadata,
  labelsOf,
  marksOf,
  ownershipOf,
  specHash,
  tagsOf,
  toMetadata,
} from './ownership-marks.js';

const BATCH: LaunchBatch = {
  token: 'x'.repeat(64),
  region: 'RegionOne',
  zone: 'az1',
  machineType: 's1',
  purchaseOption: 'private',
  count: 2,
  minimum: 1,
  namePrefix: 'shop',
  image: 'image',
  securityGroups: [],
  ownership: {
    installation: 'company',
    tenant: '邮政',
    intent: 'intent-1',
    token: 'x'.repeat(64),
    campaign: 'double-11',
    releaseBy: '2026-11-12T00:00:00.000Z',
  },
  labels: { 店铺: '双十一 🌊 抢购', long: '"\\'.repeat(300) },
};

describe('ownership marks', () => {
  it('come back whole from metadata', () => {
    const marks = fromMetadata({ ...toMetadata(marksOf(BATCH, 1)), 'somebody.else': 'x' });
    expect(ownershipOf(marks)).toEqual(BATCH.ownership);
    expect(labelsOf(marks)).toEqual(BATCH.labels);
    expect(marks).toMatchObject({ index: '1', spec: specHash(BATCH) });
    expect(Object.keys(marks)).not.toContain('else');
  });

  it('are what nova takes: values of 255 characters, labels and their names in ASCII, tags of 60', () => {
    const metadata = toMetadata(marksOf(BATCH, 0));
    for (const [key, value] of Object.entries(metadata)) {
      expect(key).toMatch(/^[a-zA-Z0-9-_:. ]{1,255}$/);
      expect(value.length).toBeLessThanOrEqual(255);
      if (key.includes('labels')) expect(value).toMatch(/^[\u0020-\u007e]*$/);
    }
    for (const tag of tagsOf(BATCH)) expect(tag).toMatch(/^[^,/]{1,60}$/);
  });

  it('are nobody’s without both creator and intent', () => {
    expect(ownershipOf({ installation: 'company' })).toBeUndefined();
    expect(ownershipOf({ intent: 'intent-1' })).toBeUndefined();
    expect(labelsOf({ 'labels.0': '{"broken' })).toEqual({});
  });

  it('tell another request from the same one with a renewed lease', () => {
    const renewed = { ...BATCH, ownership: { ...BATCH.ownership, releaseBy: '2026-11-13T00:00:00.000Z' } };
    expect(specHash(renewed)).toBe(specHash(BATCH));
    expect(specHash({ ...BATCH, image: 'other' })).not.toBe(specHash(BATCH));
  });
});
