/**
 * Prints the commit of a pull request that may run with credentials that read: one of this repository, which somebody has
 * approved as it is now who had no part in it. The token is in TOKEN.
 *
 *   approved-commit.ts OWNER/REPOSITORY NUMBER
 */
import { evidenceOf, refusalOf } from "./approval";

async function main([place = "", number = ""]: readonly string[]): Promise<void> {
  if (!/^[A-Za-z0-9-]+\/[\w.-]+$/.test(place) || !/^[1-9][0-9]*$/.test(number)) {
    throw new Error(
      `${JSON.stringify(place)} ${JSON.stringify(number)} must be OWNER/REPOSITORY and a number`,
    );
  }
  const evidence = await evidenceOf(place, Number(number), process.env["TOKEN"] ?? "");
  const { state, head } = evidence.pull;
  const refusal = state === "open" ? refusalOf(evidence) : `it is ${state}`;
  if (refusal !== undefined) {
    throw new Error(
      `pull request ${number} is not previewed: ${refusal}; let somebody who may write here approve it, who neither opened it nor pushed to it, and start this job again`,
    );
  }
  process.stdout.write(`${head.sha}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
