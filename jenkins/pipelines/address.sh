#!/bin/sh
# Prints the product's address in STACK, as the acceptance tests of SERVICE take it: the host that SERVICE is reached at, or
# any of the product's where it is not reached from outside. Nothing where nothing is.
set -eu
urls=$(pulumi stack output urls --stack "$STACK" --json)
printf '%s' "$urls" | node -e '
  const urls = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const url = urls[process.env.SERVICE] ?? Object.values(urls)[0];
  if (url !== undefined) console.log(new URL(url).origin);
'
