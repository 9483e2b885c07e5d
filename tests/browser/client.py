# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The web client as a person uses it."
import re

from .scripts import (
    CELLS, COLUMNS, COUNT_TIMERS, EXPAND, IN_SIGHT, MENU_ROW, SETTLE)

ROWS = 'tbody > tr:visible'
DIALOG = '.modal.in:visible'
TAB = '#tabcontent > .tab-pane.active'


class Client:
    """A session of the web client in a page of the browser.

    A row is what row() returns: the row at its place in the list.
    """

    def __init__(self, page, address):
        self.page = page
        self.address = address
        self.errors = []
        page.add_init_script(COUNT_TIMERS)
        page.on('pageerror', lambda error: self.errors.append(error))

    def text(self):
        "Return everything that the page shows."
        return self.page.locator('body').inner_text()

    def settle(self):
        "Wait until no request is under way and no timer will run soon."
        self.page.evaluate(SETTLE)

    @property
    def scope(self):
        "Return the dialog on top or the current tab."
        dialogs = self.page.locator(DIALOG)
        if dialogs.count():
            return dialogs.last
        return self.page.locator(TAB)

    # Session and menu

    def login(self, user, password):
        "Log in and wait for the menu."
        self.page.goto(self.address)
        # Dialogs appear at once and can be counted
        self.page.evaluate('jQuery.support.transition = false')
        self.page.fill('.login-dialog #login', user)
        self.page.click('.login-dialog button[type=submit]')
        self.page.fill('.ask-dialog input[type=password]', password)
        self.page.click('.ask-dialog .btn-primary')
        self.page.wait_for_selector('#menu tbody tr')
        self.settle()

    def open_menu(self, *path):
        "Open a menu by its labels from the top."
        for i, text in enumerate(path):
            row = self.page.evaluate_handle(
                MENU_ROW, [list(path[:i]), text]).as_element()
            if not row:
                raise LookupError(f'no menu "{text}" in {self.menu()}')
            if i + 1 < len(path):
                row.evaluate(EXPAND)
            else:
                row.query_selector('.column-char').click()
            self.settle()
        self.page.wait_for_selector(f'{TAB}, {DIALOG}')

    def menu(self):
        "Return the labels of the menu that can be seen."
        return self.page.locator(
            '#menu tbody tr .column-char').all_inner_texts()

    # Toolbar

    def toolbar(self, name):
        "Click a button of the toolbar: save, new_, switch_, reload, ..."
        self.scope.locator(f'.toolbar button#{name}:visible').click()
        self.settle()

    def save(self):
        "Save with the toolbar."
        self.toolbar('save')

    def new(self):
        "Create a record with the toolbar."
        self.toolbar('new_')

    def reload(self):
        "Reload with the toolbar; unsaved changes are lost."
        self.toolbar('reload')
        if self.has_dialog():
            self.discard()

    def switch_view(self):
        "Change from the list to the form or back."
        self.toolbar('switch_')

    def launch(self, label, menu='action'):
        "Choose in a menu of the toolbar: action, relate, print."
        self.scope.locator(f'.toolbar button#{menu}:visible').click()
        self.scope.locator('.dropdown.open li a', has_text=exactly(label)
            ).click()
        self.settle()

    def close_tab(self):
        "Close the current tab."
        self.page.locator('#tablist > li.active button.close').click()
        self.settle()

    # Forms

    def field(self, name):
        "Return the input of the field in the form."
        return self.scope.locator(
            f':is(input, select, textarea)[name="{name}"]:visible').first

    def field_value(self, name):
        "Return what the field of the form shows."
        return shown(self.field(name))

    def is_readonly(self, name):
        "Tell whether the field of the form cannot be edited."
        return self.field(name).evaluate('(e) => e.readOnly || e.disabled')

    def set_field(self, name, value):
        "Enter the value in the field of the form and leave it."
        self.enter(self.field(name), value)

    def enter(self, entry, value):
        "Enter the value and leave the entry."
        entry.focus()  # a number gets another input
        self.settle()
        before = shown(entry)
        for _ in range(3):  # a late display takes back what was entered
            fill(entry, value)
            entry.press('Tab')
            self.settle()
            if shown(entry) != before:
                break

    def choose(self, name, text):
        "Choose the record that is found by the text in the field."
        entry = self.field(name)
        entry.fill(text)
        entry.press('Tab')
        self.settle()
        self.select(self.row(text))
        self.confirm()

    def button(self, label):
        "Return the button of the label in the dialog, form or list."
        return self.scope.locator(
            'button:not(.navbar-btn):visible', has_text=exactly(label)).first

    def has_button(self, label):
        "Tell whether the button of the label is there and can be clicked."
        button = self.button(label)
        return bool(button.count()) and button.is_enabled()

    def click_button(self, label):
        "Click the button of the label in the dialog, form or list."
        self.button(label).click()
        self.settle()

    def choose_page(self, label):
        "Open a page of a notebook of the form."
        self.scope.locator(
            '.form-notebook .nav-tabs a:visible', has_text=exactly(label)
            ).click()
        self.settle()

    # Lists

    def choose_tab(self, label):
        "Open a tab above the list."
        self.scope.locator(
            '.tab-domain .nav-tabs a', has_text=starting(label)).click()
        self.settle()

    def tabs(self):
        "Return the labels of the tabs above the list, with their counts."
        return [
            text.strip() for text in self.scope.locator(
                '.tab-domain .nav-tabs a').all_inner_texts()]

    def search(self, text):
        "Search in the list."
        entry = self.scope.locator('.filter-box input.mousetrap').first
        entry.fill(text)
        entry.press('Enter')
        self.settle()

    def row(self, *texts):
        "Return the first row that shows all the texts."
        for i, row in enumerate(self.rows()):
            if set(texts) <= set(row.values()):
                return self.table.locator(ROWS).nth(i)
        raise LookupError(f"no row with {texts} in {self.rows()}")

    @property
    def table(self):
        "Return the list on the screen, the first one if there are more."
        return self.table_at(0)

    def table_at(self, place):
        "Return the list at the place on the screen, from 0."
        return self.scope.locator('table.tree:visible').nth(place)

    def columns(self, place=0):
        "Return the ids of the columns of the list by their labels."
        return self.table_at(place).locator('thead').evaluate(COLUMNS)

    def columns_in_sight(self):
        "Return the labels of the columns that are seen without scrolling."
        return self.table.locator('thead').evaluate(IN_SIGHT)

    def rows(self, place=0):
        "Return what the rows of the list show, by the labels of columns."
        columns = self.columns(place)
        return [
            {label: cells.get(id_, '') for label, id_ in columns.items()}
            for cells in self.table_at(place).locator(ROWS).evaluate_all(
                CELLS)]

    def cell(self, row, column):
        "Return what the cell in the column of the row shows."
        cells, = row.evaluate_all(CELLS)
        return cells[self.columns()[column]]

    def select(self, row):
        "Make the row the current one."
        if not row.locator('.selection-state input').is_checked():
            row.locator('td[headers]:visible').first.click(
                position={'x': 2, 'y': 5})
            self.settle()

    def open(self, row):
        "Open the row as a form."
        self.select(row)
        self.switch_view()

    def edit_cell(self, row, column, value):
        "Enter the value in the cell of a list that is edited in place."
        self.enter(self.open_cell(row, column), value)

    def open_cell(self, row, column):
        "Return the input of the cell of a list that is edited in place."
        row = row.element_handle()
        cell = row.query_selector(f'td[headers="{self.columns()[column]}"]')
        for _ in range(2):  # to select and to edit
            if not cell.query_selector('.widget-editable :is(input, select)'):
                cell.click()
                self.settle()
        return cell.wait_for_selector(
            '.widget-editable :is(input, select):visible')

    def enter_down(self, row, column, values):
        "Type the values into the cell and those below, Enter after each."
        self.open_cell(row, column)
        for value in values:
            self.page.keyboard.type(value)
            self.page.keyboard.press('Enter')
            self.settle()

    # Dialogs

    def dialog_text(self):
        "Wait for a message and return its text."
        self.page.wait_for_selector(f'{DIALOG} .alert')
        return self.page.locator(f'{DIALOG} .alert').last.inner_text().strip()

    def has_dialog(self):
        "Tell whether a message or window is open."
        return bool(self.page.locator(DIALOG).count())

    def confirm(self):
        "Press the main button of the dialog: OK, Yes, Close."
        self.close_dialog('.btn-primary')

    def refuse(self):
        "Press the other button of the dialog: Cancel, No."
        self.close_dialog('.btn-link')

    def discard(self):
        "Press No where the client asks to save, to leave or to stay."
        self.close_dialog('.btn-default')

    def close_dialog(self, button):
        "Press the button of the dialog on top."
        dialog = self.page.locator(DIALOG).last.element_handle()
        dialog.query_selector(f'.modal-footer {button}').click()
        dialog.wait_for_element_state('hidden')
        self.settle()

    def finish(self, label):
        "Press the button of the window until it closes."
        window = self.page.locator(DIALOG).last
        for _ in range(3):  # a late display makes the window invalid
            window.get_by_role('button', name=label, exact=True).click()
            self.settle()
            if not window.count():
                self.settle()  # what opens afterwards
                return
        raise AssertionError(f"The window stays: {window.inner_text()}")

    def complaint(self):
        "Return what the client itself complains about above the form."
        return "\n".join(
            self.scope.locator('.infobar .alert span[style]:visible')
            .all_inner_texts())

    # Files

    def choose_file(self, name, content):
        "Choose a file with the bytes where the form asks for one."
        self.files.locator('input[type=file]').set_input_files(
            {'name': name, 'mimeType': 'text/csv', 'buffer': content})
        self.files.locator('button:visible').first.wait_for()
        self.settle()

    def download(self):
        "Return the name and the bytes of the file that the form offers."
        return self.receive(self.files.locator('button:visible').first.click)

    def receive(self, ask):
        "Return the name and the bytes of the file that comes after asking."
        with self.page.expect_download() as download:
            ask()
        self.settle()
        return (
            download.value.suggested_filename,
            download.value.path().read_bytes())

    @property
    def files(self):
        "Return where the form takes or gives a file."
        return self.scope.locator('.form-binary')

    # Pictures

    def screenshot(self, path, of=None):
        "Take a picture of the page or of a part of it."
        self.settle()
        self.page.mouse.move(0, 0)
        (of or self.page).screenshot(path=path, animations='disabled')


def exactly(text):
    "Return what matches the text between blanks."
    return re.compile(rf'^\s*{re.escape(text)}\s*$')


def starting(text):
    "Return what matches the text and perhaps a number."
    return re.compile(rf'^\s*{re.escape(text)}[\s\d+]*$')


def fill(entry, value):
    "Enter the value."
    tag, type_ = entry.evaluate('(e) => [e.tagName, e.type]')
    if tag == 'SELECT':
        entry.select_option(label=value)
    elif type_ == 'checkbox':
        entry.set_checked(value)
    else:
        entry.fill(str(value))


def shown(entry):
    "Return what the entry shows."
    return entry.evaluate("""(e) => e.tagName == 'SELECT'
        ? (e.selectedOptions[0] || {text: ''}).text
        : e.type == 'checkbox' ? e.checked : e.value""")
