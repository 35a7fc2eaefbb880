#!/bin/sh
# Opens the pull request that puts SERVICE into production as staging has it; prints where it is, or nothing where
# production has it already.
{
  set -eu
  branch="release/production/$SERVICE"
  jenkins/pipelines/fresh-main.sh
  ./platform release promote "$SERVICE" --by "$BY" >&2
  if git diff --quiet -- catalog/releases/production.yaml; then exit 0; fi
  version=$(git diff -U0 -- catalog/releases/production.yaml | sed -n "s/^+$SERVICE: *{.*version: *\([^, }]*\).*/\1/p")
  title="production: deploy $SERVICE ${version:-as staging has it}"
  git commit --quiet --message "$title" -- catalog/releases/production.yaml
  # The branch is this job's own, and an older proposal there is no longer meant.
  git push --quiet --force origin "HEAD:refs/heads/$branch"

  repository=$(git config --get remote.origin.url | sed -n 's#^https://github\.com/##; s#\.git$##; p')
  node --import tsx jenkins/pipelines/open-pull-request.ts "${REPOSITORY:-$repository}" "$branch" "$title" \
    "Asked for by $BY. Its merge deploys it: Jenkins' job platform/merged starts platform/promote."
  exit
}
