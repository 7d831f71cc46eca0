#!/usr/bin/env bash
# A session with the real window under Xvfb, picture by picture: open by path and paste, findings, zoom,
# measure, search, palette, compare, story, sending, collecting, settings, help. Each step must change the picture, none may leave it blank, and the program must live.
#
#   tests/window/session.sh BINARY CAPTURE OTHER FOLDER [SIZE SCALE THEME LANGUAGE]
#
# BINARY   a build of the program
# CAPTURE  a capture with faults; OTHER: another one, compared with it
# FOLDER   gets SIZE-THEME-LANGUAGE/NN-STEP.png
# Without the last four, all of 1024x640, 1920x1080 and 3840x2160 at 2 are gone through, light and dark, in English and
# French. Needs Xvfb, openbox, xdotool, xclip, import and compare (ImageMagick).
set -euo pipefail

if [ $# -ne 4 ] && [ $# -ne 8 ]; then
    sed -n '2,/^set/p' "$0" | sed '$d' | cut -c3- >&2
    exit 2
fi
binary=$(realpath "$1") capture=$(realpath "$2") other=$(realpath "$3") folder=$4

if [ $# -eq 4 ]; then
    for view in "1024x640 1" "1920x1080 1" "3840x2160 2"; do
        for theme in dark light; do
            for language in en fr; do
                # shellcheck disable=SC2086
                "$0" "$binary" "$capture" "$other" "$folder" $view $theme $language
            done
        done
    done
    exit 0
fi

size=$5 scale=$6 theme=$7 language=$8
width=${size%x*} height=${size#*x}
pictures=$folder/$size-$theme-$language
place=$(mktemp -d)
mkdir -p "$pictures"
running=()
trap 'kill "${running[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$place"' EXIT

fail() {
    echo "$size $theme $language: $*" >&2
    exit 1
}

# Until it is true, for at most 30 s.
await() {
    for _ in $(seq 150); do
        "$@" && return
        sleep 0.2
    done
    fail "waited for: $*"
}

# Larger than the window: the window manager puts a frame around it.
Xvfb -displayfd 3 -screen 0 "$((width + 100))x$((height + 100))x24" 3>"$place/display" 2>/dev/null &
running+=($!)
await test -s "$place/display"
DISPLAY=:$(cat "$place/display")
export DISPLAY
openbox 2>/dev/null &
running+=($!)

export XDG_DATA_HOME=$place/data XDG_CONFIG_HOME=$place/config WINIT_X11_SCALE_FACTOR=$scale
export LIBGL_ALWAYS_SOFTWARE=1
case $language in
    en) export LANG=C LC_ALL=C ;;
    fr) export LANG=fr_FR.UTF-8 LC_ALL=fr_FR.UTF-8 ;;
    *) fail "no such language" ;;
esac
"$binary" 2>"$place/errors" &
program=$!
running+=("$program")
window=""
shown() { window=$(xdotool search --onlyvisible --name '^Playtrace' 2>/dev/null | head -n 1) && [ -n "$window" ]; }
await shown
xdotool windowsize --sync "$window" "$width" "$height" windowmove "$window" 0 0 windowactivate --sync "$window"

picture() { import -window "$window" "$1"; }

# Two pictures one after the other are the same.
stands_still() {
    picture "$place/before.png"
    sleep 0.3
    picture "$place/after.png"
    [ "$(compare -metric AE "$place/before.png" "$place/after.png" null: 2>&1 | cut -d. -f1)" = 0 ]
}

number=0
last=""
# step NAME [moving]: what was done shows, and nothing is blank.
step() {
    kill -0 "$program" 2>/dev/null || fail "$1: the program ended: $(cat "$place/errors")"
    number=$((number + 1))
    now=$pictures/$(printf %02d "$number")-$1.png
    if [ "${2:-}" = moving ]; then sleep 2; else await stands_still; fi
    picture "$now"
    [ -z "$last" ] || ! cmp -s "$last" "$now" || fail "$1 changed nothing"
    colors=$(identify -format %k "$now")
    [ "$colors" -gt 16 ] || fail "$1: $colors colors"
    last=$now
}

press() { xdotool key --clearmodifiers --window "$window" "$@"; }
words() {
    await stands_still
    xdotool type --clearmodifiers --window "$window" --delay 20 "$1"
}
# In points from the upper left corner; from the right and the lower border where negative.
click() {
    x=$(($1 * scale)) y=$(($2 * scale))
    [ "$x" -ge 0 ] || x=$((width + x))
    [ "$y" -ge 0 ] || y=$((height + y))
    xdotool mousemove --window "$window" "$x" "$y" click "${3:-1}"
}

step welcome
if [ "$theme" = light ]; then
    click -28 42
    step light
fi

press ctrl+o
step open-by-path
words "$capture"
press Return
step opened
xclip -selection clipboard -i "$other" && press ctrl+v
step pasted

press F8
step finding
press f
step fitted
press w w w
step zoomed
press r
step measured
press 0 Escape

press ctrl+f
words ping
step searched
press Return
step hit
press Escape Escape

press ctrl+k
step palette
words UTC
step palette-typed
press Escape

press ctrl+d
step compared
press ctrl+d

press space
step story moving
press Escape
press ctrl+Return
step send-again
press ctrl+l
step collecting
press ctrl+l
press ctrl+comma
step settings
press Escape
press question
step help
press Escape
kill "$program"
wait "$program" 2>/dev/null || true
running=("${running[@]:0:2}")
echo "$size $theme $language: $number pictures in $pictures"
