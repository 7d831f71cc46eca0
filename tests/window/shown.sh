#!/usr/bin/env bash
# The two paths that the README shows, gone with the real window:
# - from the empty window to the fault of a capture in at most five actions, each found on the screen without the help
#   sheet: a picture per action;
# - the story of that session, whose captions alone tell what was watched and what the reports get wrong: a picture per
#   caption, and the captions as text.
#
#   tests/window/shown.sh BINARY CAPTURE FOLDER [LANGUAGE]
#
# BINARY   a build of the program
# CAPTURE  theo-b035ef3-predur.har: the length of its pre-roll is sent as that of the content
# FOLDER   gets path/N-ACTION.png in English, story/NN.png and story/captions.txt; in French path-fr and story-fr
# Without a language both are gone through. Needs what tests/window/setup installs.
set -euo pipefail

if [ $# -lt 3 ] || [ $# -gt 4 ]; then
    sed -n '2,/^set/p' "$0" | sed '$d' | cut -c3- >&2
    exit 2
fi
if [ $# -eq 3 ]; then
    "$0" "$@" en
    exec "$0" "$@" fr
fi

# shellcheck source=tests/window/lib.sh disable=SC2154 # what `screen` sets
. "$(dirname "$0")/lib.sh"
own_session "$@"
name=$(basename "$(copied "$2")") folder=$3
if [ "$4" = fr ]; then suffix=-fr; else suffix=""; fi
screen "$(realpath "$1")" "$folder/path$suffix" 1280x800 1 "$4"

# Enough colors for a window, and a third of the size.
shrink() { mogrify -strip -dither None -colors 128 -define png:compression-level=9 "$1"/*.png; }

actions=0
# did NAME: that was one action.
did() {
    actions=$((actions + 1))
    [ "$actions" -le 5 ] || fail "$1 is action $actions"
    step "$1"
}

to_the_fault() {
    step empty-window
    hit command.open "push button"
    see ":$name"
    did open
    hit ":$name"
    see ":MC-T021" "list item"
    did opened
    hit ":MC-T021" "list item"
    see ":length-of-the-pre-roll"
    see ":sessionStart"
    did fault
    shrink "$pictures"
}

# One picture per caption. They are stepped through: how long one stays while the story plays is no matter here.
story() {
    pictures=$folder/story$suffix
    mkdir -p "$pictures"
    rm -f "$pictures"/*
    hit menu.story "push button"
    see story.of label
    local at=0 all=1
    while [ "$at" -lt "$all" ]; do
        [ "$at" -eq 0 ] || hit command.story-next "push button"
        await came $((at + 1))
        await stands_still
        picture "$pictures/$(printf %02d "$at").png"
        tree faults "$language" || fail "caption $at"
        tree above "$language" story.of >>"$pictures/captions.txt"
    done
    shrink "$pictures"
}
# came NUMBER: that caption is shown. Sets `at` and `all`.
came() {
    read -r at all < <(tree name "$language" story.of label | grep -o '[0-9]*' | xargs)
    [ "$at" -eq "$1" ]
}

# shellcheck disable=SC2119 # the window is empty
start
to_the_fault
story
stop
echo "$actions actions to the fault in $folder/path$suffix, $(wc -l <"$pictures/captions.txt") captions in $folder/story$suffix"
