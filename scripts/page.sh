#!/usr/bin/env bash
# page.sh PAGE [HASH [PICTURE]]: opens a page of `wirescript trace view` in a browser without a window, with HASH as what is
# looked at (q=text&task=0&event=12). Prints the page as the browser has it then, and on stderr what the page complains of;
# with PICTURE it is photographed instead.
set -euo pipefail

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
  echo "page.sh: there is no chromium (apt-get install chromium)" >&2
  exit 2
}
page=$(realpath "$1")
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
options=(--headless --no-sandbox --disable-gpu --no-first-run --disable-extensions --disable-background-networking
  --host-resolver-rules="MAP * ~NOTFOUND" --user-data-dir="$room/profile" --enable-logging=stderr
  --window-size=1300,800)
if [[ $# -ge 3 ]]; then
  options+=(--screenshot="$(realpath "$3")" --timeout=3000)
else
  options+=(--dump-dom)
fi
"$browser" "${options[@]}" "file://$page#${2-}" 2>"$room/log" || { cat "$room/log" >&2; exit 1; }
# The browser has much to say about machines without a screen; the page's own words are marked.
grep CONSOLE "$room/log" >&2 || true
