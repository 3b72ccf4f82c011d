/** Marks the processes that follow files, so that they are there once. */
export const mark = 'BERTH_LOG_FILES';

/**
 * Run by the container's own shell as its own user: follows files whose names match, and looks for new ones twice
 * a second. Lines go to the standard output of the first process, that is to the task's log. Arguments: pairs of
 * `new` or `kept` and a pattern. Ends at once where it runs already.
 *
 * INVARIANT: what is followed is an open file, not its name, and it is followed until it has had no name of ours
 * and no new line for a minute. So nothing is lost when a file is renamed, removed or made anew, however long
 * its writer stays with the old one (`tail -F` leaves a file as soon as its name is another's).
 */
export const followScript = `for d in /proc/[0-9]*; do
  if [ "$d" != "/proc/$$" ] && tr '\\0' '\\n' < "$d/environ" 2>/dev/null | grep -qs '^${mark}='; then
    [ "$(cut -d' ' -f4 "$d/stat" 2>/dev/null)" = "$$" ] || exit 0
  fi
done
# GNU's looks more often than once a second if told.
swift=
if tail -s 0.3 -n 0 /dev/null 2>/dev/null; then swift='-s 0.3'; fi
# Only whole lines go on: those of others would come into the midst of a piece of one.
if echo x | grep -a --line-buffered x >/dev/null 2>&1; then lines() { exec grep -a --line-buffered ''; }
elif awk 'BEGIN { fflush() }' </dev/null >/dev/null 2>&1; then lines() { exec awk '{ print; fflush() }'; }
else lines() { exec cat; }; fi

# Ends the tail of a file, and by that what reads from it. Both are children of this shell with the file as 3.
end() {
  for d in /proc/[0-9]*; do
    if [ "$d" != "/proc/$1" ] && [ "$d/fd/3" -ef "/proc/$1/fd/3" ]; then
      [ "$(cut -d' ' -f4 "$d/stat" 2>/dev/null)" = "$$" ] && kill "\${d#/proc/}" 2>/dev/null
    fi
  done
}

first=1
# Of each file that is followed: <process>:<rounds without a name and without a new line>:<bytes read>.
open=
while :; do
  named=
  way=
  for word in "$@"; do
    if [ -z "$way" ]; then way=$word; continue; fi
    for file in $word; do
      [ -f "$file" ] || continue
      for one in $open; do
        pid=\${one%%:*}
        if [ "$file" -ef "/proc/$pid/fd/3" ]; then named="$named $pid "; continue 2; fi
      done
      from=+1
      if [ "$way" = kept ] && [ -n "$first" ]; then from=0; fi
      { tail -n "$from" -f $swift <&3 2>/dev/null | lines > /proc/1/fd/1 & } 3< "$file" || continue
      open="$open $!:0:0"
      named="$named $! "
    done
    way=
  done
  first=
  left=
  for one in $open; do
    pid=\${one%%:*} rest=\${one#*:}
    idle=\${rest%%:*} at=\${rest#*:}
    now=$at
    { read -r _ now < "/proc/$pid/fdinfo/3"; } 2>/dev/null || continue
    idle=$((idle + 1))
    case $named in *" $pid "*) idle=0;; esac
    [ "$now" = "$at" ] || idle=0
    if [ "$idle" -gt "120" ]; then end "$pid"; else left="$left $pid:$idle:$now"; fi
  done
  open=$left
  sleep 0.5 2>/dev/null || sleep 1
done`;
