/** Slows down only near GitHub's limit; scans of many repositories would otherwise use it up and stop every build. */
export function github() {
  return { gitHubConfiguration: { apiRateLimitChecker: "ThrottleOnOver" } };
}
