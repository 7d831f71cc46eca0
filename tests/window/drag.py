#!/usr/bin/python3
"""Something to drag: a small square that gives a file to whatever it is dropped on, as file managers do.

    drag.py FILE X Y      the square has its upper left corner at X, Y of the screen; says `ready`, ends when it was dropped
"""

import sys
from pathlib import Path

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

SIDE = 60

file, x, y = sys.argv[1:]
uri = Path(file).resolve().as_uri()
window = Gtk.Window(type=Gtk.WindowType.POPUP)
window.set_default_size(SIDE, SIDE)
window.move(int(x), int(y))
window.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
window.drag_source_add_uri_targets()
window.connect("drag-data-get", lambda _window, _drag, data, _info, _time: data.set_uris([uri]))
window.connect("drag-end", lambda _window, _drag: Gtk.main_quit())
window.connect("map-event", lambda _window, _event: print("ready", flush=True))
window.show_all()
Gtk.main()
