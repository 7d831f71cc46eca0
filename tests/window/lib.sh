# shellcheck shell=bash
# What the scripts of the window share: a screen, the program on it, a hand, and pictures that are looked at.
# They call `screen`, then `start` and `stop` as often as they want.
# Needs what tests/window/setup installs.
set -euo pipefail

here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
place=${PLAYTRACE_PLACE:-}
running=()
program="" pictures="" window=""
clear_up() {
    kill "${running[@]}" ${program:+"$program"} 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$place"
}
[ -z "$place" ] || trap clear_up EXIT

fail() {
    echo "$pictures: $*" >&2
    [ -z "$window" ] || picture "$pictures/failed.png" || true
    [ ! -s "$place/errors" ] || tail -n 5 "$place/errors" >&2
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

# In a D-Bus session of its own: the window tells its tree there, and nothing of the user is touched.
own_session() {
    [ -z "$place" ] || return 0
    PLAYTRACE_PLACE=$(mktemp -d)
    export PLAYTRACE_PLACE XDG_RUNTIME_DIR=$PLAYTRACE_PLACE XDG_CACHE_HOME=$PLAYTRACE_PLACE/cache
    # What the daemons say goes nowhere, what the script says where it went before.
    exec dbus-run-session -- sh -c 'exec "$@" 2>&3' - "$0" "$@" 3>&2 2>/dev/null
}

# screen BINARY FOLDER SIZE SCALE LANGUAGE: for a program, built from the texts as they stand, that is to be pictured
# into a folder.
# A screen that is larger than the window: the window manager puts a frame around it, and beside it is room to drag from.
screen() {
    binary=$1 pictures=$2 width=${3%x*} height=${3#*x} language=$5
    mkdir -p "$pictures"
    rm -f "$pictures"/[0-9][0-9]-*.png
    # It must not begin anew when a client leaves before the next one comes: who comes then finds no screen.
    Xvfb -displayfd 3 -noreset -screen 0 "$((width + 100))x$((height + 100))x24" 3>"$place/display" 2>/dev/null &
    running+=($!)
    await test -s "$place/display"
    DISPLAY=:$(cat "$place/display")
    export DISPLAY
    openbox >/dev/null 2>&1 &
    running+=($!)
    for switch in IsEnabled ScreenReaderEnabled; do
        dbus-send --session --print-reply --dest=org.a11y.Bus /org/a11y/bus org.freedesktop.DBus.Properties.Set \
            string:org.a11y.Status "string:$switch" variant:boolean:true >/dev/null
    done
    export XDG_DATA_HOME=$place/data XDG_CONFIG_HOME=$place/config WINIT_X11_SCALE_FACTOR=$4
    export LIBGL_ALWAYS_SOFTWARE=1 GTK_A11Y=none NO_AT_BRIDGE=1
    case $language in
        en) export LANG=C LC_ALL=C ;;
        # The shell warns where the system lacks it; the program reads the name alone.
        fr) { export LANG=fr_FR.UTF-8 LC_ALL=fr_FR.UTF-8; } 2>/dev/null ;;
        *) fail "no such language: $language" ;;
    esac
}

# copied CAPTURE: a copy in a folder where the program may write beside it; gives its path.
copied() {
    mkdir -p "$place/captures"
    cp "$1" "$place/captures"
    echo "$place/captures/$(basename "$1")"
}

# shellcheck disable=SC2120 # without arguments as well
# start [ARGUMENTS]: the program in the folder of the copies, its window as large as asked for.
start() {
    mkdir -p "$place/captures"
    (cd "$place/captures" && exec "$binary" "$@") 2>"$place/errors" &
    program=$!
    await shown
    xdotool windowsize --sync "$window" "$width" "$height" windowmove "$window" 0 0 windowactivate --sync "$window"
}
shown() { window=$(xdotool search --onlyvisible --name '^Playtrace' 2>/dev/null | head -n 1) && [ -n "$window" ]; }

# stop: by its own keys.
stop() {
    press ctrl+q
    await ended
    wait "$program" || fail "ended with $?"
    program=""
}
ended() { ! kill -0 "$program" 2>/dev/null; }

picture() { import -window "$window" "$1"; }

# Two pictures one after the other are the same; not always as far apart, or a cursor that blinks may be met in turns.
stands_still() {
    picture "$place/before.png"
    sleep "0.$((RANDOM % 5 + 1))"
    picture "$place/after.png"
    [ "$(compare -metric AE "$place/before.png" "$place/after.png" null: 2>&1 | cut -d. -f1)" = 0 ]
}

number=0
last=""
# step NAME [moving]: what was done shows, nothing is blank, and the tree has no faults.
step() {
    ! ended || fail "$1: the program ended"
    number=$((number + 1))
    local now colors
    now=$pictures/$(printf %02d "$number")-$1.png
    if [ "${2:-}" = moving ]; then sleep 1; else await stands_still; fi
    picture "$now"
    [ -z "$last" ] || ! cmp -s "$last" "$now" || fail "$1 changed nothing"
    colors=$(identify -format %k "$now")
    [ "$colors" -gt 16 ] || fail "$1: $colors colors"
    tree faults "$language" >"$place/faults" || fail "$1: $(cat "$place/faults")"
    last=$now
}

press() { xdotool key --clearmodifiers --window "$window" "$@"; }
words() {
    await stands_still
    xdotool type --clearmodifiers --window "$window" --delay 20 "$1"
}

# tree COMMAND [ARGUMENTS]: asks what the window tells; again where a busy machine let the asking time out.
tree() {
    local code=0
    for _ in 1 2 3; do
        code=0
        "$here/tree.py" "$@" 2>"$place/tree" || code=$?
        [ "$code" -gt 128 ] || break
    done
    [ "$code" -eq 0 ] || cat "$place/tree" >&2
    return "$code"
}

# see WHAT [ROLE]: waits until it is there. WHAT is a key of the table of texts, or :PART of a name.
see() { tree name "$language" "$@" >/dev/null || fail "not to be seen: $*"; }
# hit WHAT [ROLE]: clicks it.
hit() {
    local at
    at=$(tree find "$language" "$@") || fail "not to be seen: $*"
    # shellcheck disable=SC2086
    xdotool mousemove $at sleep 0.1 click 1
}
# to_the_end WHAT [ROLE]: turns the wheel over it, so that the end of its panel can be seen.
to_the_end() {
    local at
    at=$(tree find "$language" "$@") || fail "not to be seen: $*"
    # shellcheck disable=SC2086
    xdotool mousemove $at click --repeat 30 --delay 10 5
}

# field LABEL WORDS: types them into the field beside the label, instead of what is there.
field() {
    local at
    at=$(tree field "$language" "$1") || fail "not to be seen: $1"
    # shellcheck disable=SC2086
    xdotool mousemove $at click 1
    await stands_still
    press ctrl+a
    words "$2"
}

# drag FILE: drags it from beside the window over it; `step` may look before `let_go` lets it fall.
drag() {
    "$here/drag.py" "$1" "$((width + 30))" 30 >"$place/drag" 2>/dev/null &
    running+=($!)
    await grep -q ready "$place/drag"
    xdotool mousemove "$((width + 50))" 50 sleep 0.5 mousedown 1 sleep 0.5
    for share in 10 30 50 70 80; do
        xdotool mousemove "$((width * (100 - share) / 100))" "$((height * share / 100))" sleep 0.2
    done
}
let_go() { xdotool mouseup 1; }
