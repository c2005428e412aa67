// Preloaded into a process of the product (`node --import`): its own clock is wrong by CLOCK_OFF_MS, whoever asks it.
// What only passes, as timers and performance.now(), passes as everywhere.
const offMs = Number(process.env.CLOCK_OFF_MS);
const trueNow = Date.now.bind(Date);
Date.now = () => trueNow() + offMs;
globalThis.Date = new Proxy(Date, {
  construct: (target, given, made) =>
    Reflect.construct(target, given.length === 0 ? [target.now()] : given, made),
  apply: (target) => new target(target.now()).toString(),
});
