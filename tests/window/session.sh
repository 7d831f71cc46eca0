#!/usr/bin/env bash
# A session with the real window under Xvfb, picture by picture: opened by each way, walked, found, filtered, measured,
# compared, fixed, sent again to a collector, told as a story. Each step must change the picture, none may leave it
# blank, nothing may pass the border, no English stand in the French window, and the program must live.
#
#   tests/window/session.sh BINARY CAPTURE OTHER FOLDER [SIZE SCALE THEME LANGUAGE]
#
# BINARY   a build of the program
# CAPTURE  a capture with one session and an error that can be fixed; OTHER: another one, compared with it
# FOLDER   gets SIZE-THEME-LANGUAGE/NN-STEP.png
# Without the last four, all of 1024x640, 1920x1080 and 3840x2160 at 2 are gone through, light and dark, in English and
# French. Needs what tests/window/setup installs.
set -euo pipefail

if [ $# -ne 4 ] && [ $# -ne 8 ]; then
    sed -n '2,/^set/p' "$0" | sed '$d' | cut -c3- >&2
    exit 2
fi
if [ $# -eq 4 ]; then
    for view in "1024x640 1" "1920x1080 1" "3840x2160 2"; do
        for theme in dark light; do
            for language in en fr; do
                # shellcheck disable=SC2086
                "$0" "$@" $view $theme $language
            done
        done
    done
    exit 0
fi

# shellcheck source=tests/window/lib.sh disable=SC2154 # what `screen` sets
. "$(dirname "$0")/lib.sh"
own_session "$@"
capture=$(copied "$2") other=$(copied "$3") theme=$7
screen "$(realpath "$1")" "$4/$5-$7-$8" "$5" "$6" "$8"

demo() {
    step welcome
    if [ "$theme" = light ]; then
        hit toolbar.to-light
        step light
    fi
    hit command.demo.tip link
    step demos
    press ctrl+w
    step closed
}

open_by_each_way() {
    hit menu.file "push button"
    hit command.open-path "push button"
    see path.title
    step open-by-path
    words "$capture"
    press Return
    see ":$(basename "$capture")" label
    step opened
    xclip -selection clipboard -i "$other" && press ctrl+v
    see app.pasted label
    step pasted
    cp "$other" "$place/captures/dropped.har"
    drag "$place/captures/dropped.har"
    step dragged
    let_go
    see ":dropped.har" label
    step dropped
    stop
    start "$capture" "$other"
    see ":$(basename "$other")" label
    step opened-by-argument
    press ctrl+w
    press ctrl+w
    see welcome.recent
    step recent
    hit ":$(basename "$capture")" link
    see ":$(basename "$capture")" label
    step opened-from-recent
}

walk() {
    press F8
    step finding
    press w w w
    step zoomed
    press f
    step fitted
    press r
    step measured
    press 0 Escape
    hit below.findings "toggle button"
    step whole-again
}

find_and_filter() {
    press ctrl+f
    words ping
    step searched
    press Return
    step hit
    press Escape Escape
    press ctrl+shift+f
    words "type:pi"
    see ":ping" "toggle button"
    step filter-offers
    press Down Return
    words " playhead>5"
    step filtered
    press ctrl+a BackSpace
    step filter-empty
    press Escape
    hit events.problems
    step problems-only
    hit events.problems
}

fix_and_send() {
    press e
    see fix.show
    step error
    hit fix.show
    see fix.take
    step fix
    hit fix.take
    step fixed
    "$binary" collect --listen 127.0.0.1:0 --journal "$place/sent.jsonl" >"$place/address" 2>/dev/null &
    running+=($!)
    await test -s "$place/address"
    hit command.send-panel
    see outbox.target
    step send-again
    field outbox.target "$(cat "$place/address")"
    to_the_end outbox.target label
    await stands_still
    hit outbox.dry-run
    see outbox.planned
    step planned
    hit outbox.send
    see outbox.sent label
    step sent
    hit below.findings "toggle button"
}

compared() {
    hit menu.file "push button"
    hit command.open-path "push button"
    see path.title
    words "$other"
    press Return
    see ":$(basename "$other")" label
    press ctrl+d
    see compare.title
    step compared
    for page in metadata cadence lanes conversion; do
        hit "compare.$page" "toggle button"
        step "compared-$page"
    done
    press Escape
}

palette_and_dialogs() {
    press ctrl+k
    step palette
    words UTC
    step palette-typed
    press Escape
    await stands_still
    press ctrl+comma
    see settings.title
    step settings
    press Escape
    await stands_still
    press question
    see help.title
    step help
    press Escape
}

story() {
    hit menu.story "push button"
    see story.of label
    step story
    hit story.play "push button"
    step story-plays moving
    press Escape
}

collecting() {
    press ctrl+l
    step collecting
    press ctrl+l
}

start
for part in demo open_by_each_way walk find_and_filter fix_and_send compared palette_and_dialogs story collecting; do
    $part
done
echo "$number pictures in $pictures"
