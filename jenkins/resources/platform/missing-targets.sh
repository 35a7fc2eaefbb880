# Prints those of the targets TARGETS that the Makefile here has not, one a line; fails where there is no Makefile.
# make's own list, because a folder that is called `test` answers as a target to everything else. A name without a recipe
# and without a target behind it would do nothing, and pass.
rules=$(make --print-data-base --no-builtin-rules --question .DEFAULT 2>/dev/null) || [ -n "$rules" ]
[ -f Makefile ] || { echo "there is no Makefile" >&2; exit 1; }
for target in $TARGETS; do
  printf '%s\n' "$rules" | awk -v rule="$target:" '
    index($0, rule) == 1 { inside = 1; if ($0 ~ /:[ \t]*[^: \t]/) found = 1 }
    inside && /^\t/ { found = 1 }
    /^$/ { inside = 0 }
    END { exit !found }' || echo "$target"
done
