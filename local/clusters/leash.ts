/**
 * Runs the program after `--` and ends it at once when descriptor 3 is closed, which the system does when the process
 * at its other end is gone. TERM is for the program: it may tidy up, and the shell waits for it. What watches the other
 * end ignores TERM, so that it still ends a program that tidies up.
 */
const script = `
exec 4<&0
"$@" <&4 3<&- 4<&- &
child=$!
trap '' TERM
{ read -r end; kill -KILL "$child"; } <&3 >/dev/null 2>&1 4<&- &
watch=$!
trap : TERM
wait "$child"; code=$?
while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
kill -KILL "$watch" 2>/dev/null
exit "$code"
`;

interface Leashed {
  readonly command: readonly [string, ...string[]];
  /** The last one is the leash: nothing is ever written to it. */
  readonly stdio: ("pipe" | "ignore")[];
}

/**
 * The command that runs a program which ends with this process, however this one goes.
 *
 * A Helm that outlives its world would go on waiting, and write into a release that the next world mends already.
 */
export function leashed(program: string, args: readonly string[]): Leashed {
  return {
    command: ["/bin/sh", "-c", script, "sh", program, ...args],
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  };
}
