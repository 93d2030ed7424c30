// The last line of a test run: how many passed, and how many failed.

export default async function* tally(events) {
  let passed = 0;
  let failed = 0;
  for await (const { type, data } of events) {
    if (data?.details?.type === "suite" || data?.skip !== undefined) continue;
    if (type === "test:pass") passed += 1;
    if (type === "test:fail") failed += 1;
  }
  yield `\n${passed} passed, ${failed} failed\n`;
}
