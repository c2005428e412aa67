import { TimeZoneText } from './scalars.js';

describe('a time zone', () => {
  it.each(['UTC', 'Asia/Shanghai', 'Europe/Berlin'])('may be %s', (zone) => {
    expect(TimeZoneText.parse(zone)).toBe(zone);
  });

  it.each(['Mars/Olympus', '', ' ', 'CN'])('is not "%s"', (zone) => {
    expect(TimeZoneText.safeParse(zone).success).toBe(false);
  });
});
