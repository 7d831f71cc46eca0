#!/usr/bin/python3
"""What the window tells those who cannot see it: names, roles and places of all that is shown, over AT-SPI.

    tree.py list                           every node: its place in screen pixels, role and name
    tree.py find LANGUAGE WHAT [ROLE]      waits for a node, prints the middle of it: X Y
    tree.py field LANGUAGE WHAT            waits for a label, prints the middle of the field in its line: X Y
    tree.py above LANGUAGE WHAT            waits for a label, prints the whole name of the lowest one above it
    tree.py name LANGUAGE WHAT [ROLE]      waits for a node, prints its whole name
    tree.py gone LANGUAGE WHAT [ROLE]      waits until there is no such node
    tree.py faults LANGUAGE                what passes the border of the window, and English in the French window

WHAT is a key of the table of texts, which the name equals or begins with (with any values in it: equals), or
:PART of a name.
The window has to run in a D-Bus session of its own in which accessibility is switched on (see lib.sh).
"""

import re
import sys
import time
from itertools import chain, zip_longest
from pathlib import Path

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

TABLE = Path(__file__).resolve().parents[2] / "src/ui/text/table.rs"
ROW = re.compile(r'^    \("((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)"\),$')
WAIT_SECS = 30
# The values that are numbers, by their name in the texts.
COUNTS = ("at", "n")
# What has to be seen whole; rows of a table that is scrolled sideways have not.
SMALL = ("push button", "toggle button", "check box", "combo box", "entry", "link", "slider")


def texts():
    """Key → English and French."""
    rows = (ROW.match(line) for line in TABLE.read_text(encoding="utf-8").splitlines())
    plain = lambda text: text.replace('\\"', '"').replace("\\\\", "\\")  # noqa: E731
    return {row[1]: (plain(row[2]), plain(row[3])) for row in rows if row}


def nodes():
    """Role, name and place of every node of every window, from above to below."""
    found = []

    def walk(node):
        try:
            place = node.get_extents(Atspi.CoordType.SCREEN)
            found.append((node.get_role_name(), node.get_name(), (place.x, place.y, place.width, place.height)))
        except GLib.Error:
            pass  # A node without a place, or gone since.
        try:
            children = [node.get_child_at_index(at) for at in range(node.get_child_count())]
        except GLib.Error:
            return
        for child in filter(None, children):
            walk(child)

    walk(Atspi.get_desktop(0))
    return sorted(found, key=lambda node: (node[2][1], node[2][0]))


def wanted(language, what, role):
    """The nodes that are asked for, those with the very name first."""
    if what.startswith(":"):
        exact = what[1:]
        pattern = ".*" + re.escape(exact)
    else:
        both = texts().get(what) or sys.exit(f"the table has no {what}")
        exact = both[language == "fr"]
        # A name with values is a whole one; values that count have no blanks in them.
        parts = re.split(r"\{([a-z_]+)\}", exact)
        values = [r"\S+" if value in COUNTS else ".+" for value in parts[1::2]]
        texts_between = [re.escape(part) for part in parts[::2]]
        pattern = "".join(chain(*zip_longest(texts_between, values, fillvalue=""))) + ("$" if values else "")
    found = [node for node in nodes() if re.match(pattern, node[1], re.DOTALL) and role in ("", node[0])]
    return sorted(found, key=lambda node: node[1] != exact)


def until(there, language, what, role):
    end = time.monotonic() + WAIT_SECS
    while bool(found := wanted(language, what, role)) != there:
        if time.monotonic() > end:
            sys.exit(f"{'missing' if there else 'still there'}: {what} {role}")
        time.sleep(0.2)
    return found


def middle(node):
    x, y, width, height = node[2]
    return x + width // 2, y + height // 2


def faults(language):
    """Sentences about what is wrong in the window as it stands."""
    shown = nodes()
    frames = [place for role, _, place in shown if role == "frame"]
    left, _, width, _ = max(frames, key=lambda place: place[2])
    right = left + width
    for role, name, (x, y, wide, _) in shown:
        if role in SMALL and (x < left or x + wide > right + 1):
            yield f"not wholly between {left} and {right}: {role} {name!r} at {x},{y}, {wide} wide"
    if language == "fr":
        rows = texts().values()
        french = {row[1] for row in rows}
        # Single words in small letters are values out of captures as well: `live`, `paused`.
        english = {row[0] for row in rows if " " in row[0] or not row[0].islower()} - french
        for role, name, (x, y, _, _) in shown:
            if name in english:
                yield f"English in the French window: {role} {name!r} at {x},{y}"


def main(arguments):
    match arguments:
        case ["list"]:
            for role, name, place in nodes():
                print(*place, role, repr(name))
        case ["find", language, what, *role]:
            print(*middle(until(True, language, what, "".join(role))[0]))
        case ["field", language, what]:
            x, y = middle(until(True, language, what, "label")[0])
            fields = [middle(node) for node in nodes() if node[0] == "entry"]
            print(*min((abs(at[1] - y), at[0], at[1]) for at in fields if at[0] > x)[1:])
        case ["above", language, what]:
            top = until(True, language, what, "label")[0][2][1]
            labels = (node for node in nodes() if node[0] == "label" and node[2][1] + node[2][3] <= top)
            print(max(labels, key=lambda node: node[2][1])[1])
        case ["name", language, what, *role]:
            print(until(True, language, what, "".join(role))[0][1])
        case ["gone", language, what, *role]:
            until(False, language, what, "".join(role))
        case ["faults", language]:
            found = list(faults(language))
            print(*found, sep="\n", end="\n" if found else "")
            sys.exit(bool(found))
        case _:
            sys.exit(__doc__)


main(sys.argv[1:])
