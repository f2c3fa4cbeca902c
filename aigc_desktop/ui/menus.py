"""The menus. Every command has a name, under which `build` gives its action."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QContextMenuEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu

from aigc_desktop.engine.params import describe
from aigc_desktop.i18n import tr
from aigc_desktop.ui import dock_menu, panes, project_commands
from aigc_desktop.ui.menu_entry import menu_entry
from aigc_desktop.ui.mnemonics import give_keys, plain
from aigc_desktop.ui.settings import Preferences

if TYPE_CHECKING:
    from aigc_desktop.ui.main_window import MainWindow

Key = QKeySequence.StandardKey
SHORTCUTS: dict[str, tuple[Key | None, str]] = {  # the platform's own, and one for where it has none
    "new": (Key.New, "Ctrl+N"),
    "open": (Key.Open, "Ctrl+O"),
    "close_panel": (Key.Close, "Ctrl+W"),
    "quit": (Key.Quit, "Ctrl+Q"),
    "undo": (Key.Undo, ""),
    "redo": (Key.Redo, ""),
    "cut": (Key.Cut, ""),
    "copy": (Key.Copy, ""),
    "paste": (Key.Paste, ""),
    "select_all": (Key.SelectAll, ""),
    "context": (None, "Shift+F10"),  # Qt knows the menu key everywhere, this one only on Windows
    "find": (Key.Find, "Ctrl+F"),
    "settings": (None, "Ctrl+,"),
    "next_panel": (Key.NextChild, "Ctrl+Tab"),
    "previous_panel": (None, "Ctrl+Shift+Tab"),  # Qt's own is the same key under the name Backtab
    "next_pane": (None, "F6"),
    "previous_pane": (None, "Shift+F6"),
    "full_screen": (Key.FullScreen, "F11"),
    "search_library": (None, "Ctrl+Shift+F"),
    "log": (None, "Ctrl+Shift+L"),
    "shortcuts": (Key.HelpContents, "F1"),
}


def build(window: "MainWindow") -> dict[str, QAction]:
    """Fill the window's menu bar; the actions by name."""
    window.menuBar().clear()
    for old in window.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
        old.deleteLater()  # in the language before
    made = _Menus(window)
    window.menuBar().setAccessibleName(tr("Menu bar"))
    made.file()
    made.edit()
    made.view()
    made.library()
    made.help()
    return made.actions


def _context_menu() -> None:
    """Open the menu of what has the focus, as the menu key does."""
    focused = QApplication.focusWidget()
    if focused is not None:
        place = focused.rect().center()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, focused.mapToGlobal(place))
        QApplication.sendEvent(focused, event)


class _Menus:
    def __init__(self, window: "MainWindow"):
        self.window = window
        self.actions: dict[str, QAction] = {}

    def menu(self, title: str, into: QMenu | None = None) -> QMenu:
        menu = QMenu(title, into or self.window)
        menu.setAccessibleName(plain(title))
        menu.setToolTipsVisible(True)
        (into or self.window.menuBar()).addMenu(menu)
        return menu

    def action(self, menu: QMenu, name: str, title: str, act: Callable[[], object] | None) -> QAction:
        action = QAction(title, self.window)
        standard, own = SHORTCUTS.get(name, (None, ""))
        keys = QKeySequence.keyBindings(standard) if standard is not None else []
        if keys or own:
            action.setShortcuts(keys or [QKeySequence(own)])
        if act is not None:
            action.triggered.connect(lambda _checked=False: act())
        menu.addAction(action)
        self.actions[name] = action
        return action

    def file(self) -> None:
        window = self.window
        menu = self.menu(tr("&File"))
        self.action(menu, "new", tr("&New project…"), lambda: project_commands.new(window))
        self.action(menu, "open", tr("&Open project…"), lambda: project_commands.open_existing(window))
        recent = self.menu(tr("Open &recent"), menu)
        recent.aboutToShow.connect(lambda: self._recent(recent))
        self.actions["recent"] = recent.menuAction()
        menu.addSeparator()
        self.action(menu, "show_folder", tr("&Show project folder"), lambda: project_commands.show_folder(window))
        menu.addSeparator()
        self.action(menu, "close_panel", tr("&Close panel"), window.close_panel)
        menu.addSeparator()
        quit = self.action(menu, "quit", tr("&Quit"), window.close)
        quit.setMenuRole(QAction.MenuRole.QuitRole)

    def _recent(self, menu: QMenu) -> None:
        menu.clear()
        others = [path for path in self.window.settings["projects"] if Path(path) != Path(self.window.project.path)]
        for path in others:
            action = menu_entry(menu, Path(path).name, path)
            action.triggered.connect(lambda _=False, path=path: self.window.project_wanted.emit(Path(path), False))
        if not others:
            menu.addAction(tr("No other projects yet")).setEnabled(False)
        give_keys(menu)

    def edit(self) -> None:
        menu = self.menu(tr("&Edit"))
        for name, title in (
            ("undo", tr("&Undo")),
            ("redo", tr("&Redo")),
            ("", ""),
            ("cut", tr("Cu&t")),
            ("copy", tr("&Copy")),
            ("paste", tr("&Paste")),
            ("select_all", tr("Select &all")),
        ):
            if name:
                self._on_focus(menu, name, title)
            else:
                menu.addSeparator()
        menu.addSeparator()
        self.action(menu, "context", tr("&What can be done with it"), _context_menu)
        self.action(menu, "find", tr("&Find a generator"), self.window.find_generator)
        menu.addSeparator()
        settings = self.action(menu, "settings", tr("&Settings…"), self.window.show_settings)
        settings.setMenuRole(QAction.MenuRole.PreferencesRole)

    def _on_focus(self, menu: QMenu, name: str, title: str) -> None:
        """An editing command, for whatever has the focus and knows it."""
        method = "selectAll" if name == "select_all" else name

        def act() -> None:
            found = getattr(QApplication.focusWidget(), method, None)
            if callable(found):
                found()

        action = self.action(menu, name, title, act)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # the field itself has the key; here it is shown
        menu.aboutToShow.connect(lambda: action.setEnabled(callable(getattr(QApplication.focusWidget(), method, None))))

    def view(self) -> None:
        window = self.window
        menu = self.menu(tr("&View"))
        for name, dock in window.docks.items():
            action = dock.toggleViewAction()
            menu.addAction(action)
            self.actions[f"show_{name}"] = action
        dock_menu.fill(self.menu(tr("&Move"), menu), window)
        menu.addSeparator()
        self.action(menu, "next_pane", tr("Ne&xt part of the window"), lambda: panes.step(window, 1))
        self.action(menu, "previous_pane", tr("Previo&us part of the window"), lambda: panes.step(window, -1))
        self.action(menu, "next_panel", tr("&Next panel"), lambda: window.area.step(1))
        self.action(menu, "previous_panel", tr("&Previous panel"), lambda: window.area.step(-1))
        self.action(menu, "side_by_side", tr("Panels &side by side"), lambda: window.area.arrange(True))
        self.action(menu, "tabs", tr("Panels as &tabs"), lambda: window.area.arrange(False))
        self.action(menu, "reset_layout", tr("&Reset layout"), window.reset_layout)
        menu.addSeparator()
        self._choices(menu, "theme", tr("T&heme"))
        self._choices(menu, "language", tr("&Language"))
        menu.addSeparator()
        self.action(menu, "full_screen", tr("&Full screen"), window.toggle_full_screen)
        give_keys(menu)

    def _choices(self, into: QMenu, setting: str, title: str) -> None:
        """A setting with few values as a menu of its own."""
        declared = next(one for one in describe(Preferences) if one.name == setting)
        menu = self.menu(title, into)
        group = QActionGroup(menu)
        for value, named in declared.choices.items():
            action = self.action(menu, f"{setting}_{value}", tr(named), None)
            action.setCheckable(True)
            action.setChecked(self.window.settings[setting] == value)
            action.triggered.connect(lambda _=False, value=value: self._set(setting, value))
            group.addAction(action)
        give_keys(menu)

    def _set(self, setting: str, value: str) -> None:
        self.window.settings[setting] = value

    def library(self) -> None:
        window = self.window
        menu = self.menu(tr("&Library"))
        self.action(menu, "search_library", tr("&Search the library"), window.search_library)
        menu.addSeparator()
        self.action(menu, "verify", tr("&Check all files"), lambda: project_commands.verify(window))
        self.action(menu, "rebuild", tr("&Rebuild from the files"), lambda: project_commands.rebuild(window))
        menu.addSeparator()
        self.action(menu, "empty_trash", tr("&Empty the trash…"), lambda: window.library.trash.ask_to_empty())

    def help(self) -> None:
        menu = self.menu(tr("&Help"))
        self.action(menu, "welcome", tr("&Welcome"), lambda: self.window.stage.show_welcome())
        self.action(menu, "shortcuts", tr("&Keyboard shortcuts"), self.window.show_shortcuts)
        self.action(menu, "log", tr("Show &log"), self.window.show_log)
        about = self.action(menu, "about", tr("&About {name}", name="AIGC Desktop"), self.window.show_about)
        about.setMenuRole(QAction.MenuRole.AboutRole)
