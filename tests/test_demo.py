# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
import datetime as dt
import re
import shutil
import signal
import socket
import sqlite3
from types import SimpleNamespace

import pytest

from tests.browser import demo

pytestmark = pytest.mark.once


@pytest.fixture(scope='module')
def second_start(demo_directory, web_client_directory, tmp_path_factory):
    "Yield a demo started a second time, from a copy of its data."
    directory = tmp_path_factory.mktemp('second') / 'demo'
    shutil.copytree(demo_directory, directory)
    with demo.running(directory, web_client_directory) as running:
        running.wait_for_address()
        yield running


@pytest.fixture(scope='module')
def session(second_start):
    "Return a session of the printed administrator."
    return log_in(second_start, 'admin')


def log_in(running, user):
    "Return a session of the user with the printed password."
    from proteus import Model
    from proteus.config import XmlrpcConfig
    password = printed_logins(running.printed())[user]
    address = running.address.replace('://', f'://{user}:{password}@')
    config = XmlrpcConfig(f'{address}demo/rpc/')
    return SimpleNamespace(
        config=config, get=lambda name: Model.get(name, config=config))


def printed_logins(text):
    "Return the passwords by users that the demo printed."
    return dict(re.findall(r'user (\S+) +password (\S+)', text))


def test_the_first_start_prints_address_and_logins(demo_directory):
    printed = (demo_directory / 'first_start.txt').read_text()
    assert re.search(r'ready at http://localhost:\d+/', printed)
    assert printed_logins(printed).keys() == {
        'admin', 'anna', 'camille', 'emily', 'oscar'}
    assert "Creating the database" in printed
    assert printed.endswith("The demo has stopped.\n")


def test_ctrl_c_ends_it_cleanly(demo_directory):
    assert (demo_directory / 'exit_code.txt').read_text() == '0'


def test_sigterm_ends_it_cleanly(
        demo_directory, web_client_directory, tmp_path):
    shutil.copytree(demo_directory, tmp_path, dirs_exist_ok=True)
    with demo.running(tmp_path, web_client_directory) as running:
        running.wait_for_address()
        assert running.stop(signal.SIGTERM) == 0


def test_the_second_start_creates_nothing(second_start):
    assert "Creating" not in second_start.printed()
    assert "Fetching" not in second_start.printed()


def test_there_are_invoices_of_two_years(session):
    this_year = dt.date.today().year
    invoices = session.get('account.invoice').find([
            ('type', '=', 'out'), ('document_type', '=', 'invoice'),
            ('number', '!=', None)])
    assert {i.invoice_date.year for i in invoices} == {
        this_year - 1, this_year}
    assert all(i.invoice_date <= dt.date.today() for i in invoices)
    assert {i.number[:2] for i in invoices} == {'RE', str(this_year)[:2]}


def test_there_is_a_cancellation(session):
    cancellation, _ = session.get('account.invoice').find(
        [('document_type', '=', 'cancellation')], order=[('id', 'ASC')])
    assert cancellation.corrected_invoice.state == 'cancelled'
    assert cancellation.number.endswith(
        counter_of(cancellation.corrected_invoice) + '-S1')


def test_there_is_a_replacement(session):
    replacement, = session.get('account.invoice').find(
        [('replaces', '!=', None)])
    assert replacement.state == 'paid'
    assert replacement.replaces.state == 'cancelled'
    assert replacement.invoice_address != replacement.replaces.invoice_address


def test_there_is_a_credit_note(session):
    credit, = session.get('account.invoice').find(
        [('document_type', '=', 'credit_note')])
    assert credit.corrected_invoice.state == 'posted'
    assert credit.number.endswith(
        counter_of(credit.corrected_invoice) + '-1')
    assert -credit.total_amount < credit.corrected_invoice.total_amount


def counter_of(invoice):
    "Return how the counter is printed in the number of the invoice."
    return invoice.number[-5:]


def test_there_is_a_supplier_invoice_whose_shipping_is_spread(session):
    invoice, = session.get('account.invoice').find(
        [('type', '=', 'in'), ('state', '=', 'draft')])
    shares = [line for line in invoice.lines if line.cost_share]
    assert len({line.taxes[0].rate for line in shares}) == len(shares) == 2
    assert sum(line.amount for line in shares) == 12


def test_there_are_drafts_to_post(session):
    drafts = session.get('account.invoice').find([('state', '=', 'draft')])
    assert len(drafts) >= 3


def test_there_are_sales_of_every_kind(session):
    states = {sale.state for sale in session.get('sale.sale').find([])}
    assert states >= {'draft', 'quotation', 'processing', 'done'}


def test_there_are_three_fiscal_years(session):
    this_year = dt.date.today().year
    years = session.get('account.fiscalyear').find([])
    assert {year.start_date.year for year in years} == {
        this_year - 1, this_year, this_year + 1}


def test_no_configuration_wizard_is_in_the_way(session):
    Item = session.get('ir.module.config_wizard.item')
    assert Item.find([('state', '!=', 'done')]) == []


@pytest.mark.parametrize('user, language, menu', [
        ('camille', 'fr', "Financier"),
        ('anna', 'de', "Rechnungswesen"),
        ('emily', 'en', "Financial"),
        ('oscar', 'en', "Financial"),
        ('admin', 'en', "Financial"),
        ])
def test_everybody_logs_in_in_the_own_language(
        second_start, user, language, menu):
    session = log_in(second_start, user)
    assert session.config.context['language'] == language
    assert session.config.context['company']
    menus = session.get('ir.ui.menu').find([('parent', '=', None)])
    assert menu in {m.name for m in menus}


def test_a_fresh_start_throws_the_data_away(tmp_path, creation):
    database = creation(tmp_path)
    database.prepare('root', report=str)
    (tmp_path / 'demo.sqlite-wal').touch()
    database.prepare('root', fresh=True, report=str)
    assert made(tmp_path) == 2
    assert not (tmp_path / 'demo.sqlite-wal').exists()


def test_an_interrupted_creation_is_not_taken_for_a_demo(tmp_path, creation):
    with pytest.raises(KeyboardInterrupt):
        creation(tmp_path, interrupted=True).prepare('root', report=str)
    assert not (tmp_path / 'demo.sqlite').exists()
    creation(tmp_path).prepare('root', report=str)
    assert made(tmp_path) == 2


def test_an_interrupted_fresh_start_keeps_the_data(tmp_path, creation):
    creation(tmp_path).prepare('root', report=str)
    with pytest.raises(KeyboardInterrupt):
        creation(tmp_path, interrupted=True).prepare(
            'root', fresh=True, report=str)
    assert made(tmp_path) == 1


def test_the_database_follows_the_module(tmp_path, creation):
    database = creation(tmp_path)
    lines = []
    database.prepare('root', report=lines.append)
    database.prepare('root', report=lines.append)
    assert len(lines) == 1
    (tmp_path / 'module.sha256').write_text('of an older module')
    database.prepare('root', report=lines.append)
    assert "Updating" in lines[-1]


@pytest.fixture
def creation(monkeypatch):
    "Return a function that returns a database whose creation is quick."
    from trytond.modules.shop_invoicing.demo.database import Database
    count = []

    def create(directory, interrupted=False):
        def run(*arguments, **environment):
            # The second command is the one that fills the database
            if 'trytond.cli.admin' in arguments:
                return
            count.append(True)
            if interrupted:
                raise KeyboardInterrupt
            file = Database.file(directory / 'building')
            with sqlite3.connect(file) as connection:
                connection.execute('CREATE TABLE made (number)')
                connection.execute(
                    'INSERT INTO made VALUES (?)', [len(count)])
            connection.close()
        database = Database(directory)
        monkeypatch.setattr(database, 'run', run)
        return database
    return create


def made(directory):
    "Return the number of the creation that made the database."
    connection = sqlite3.connect(directory / 'demo.sqlite')
    (number,), = connection.execute('SELECT number FROM made')
    connection.close()
    return number


def complaint(result):
    "Return the only line of a failed run."
    assert result.returncode == 1
    line, = result.stderr.splitlines()
    assert line.startswith("shop-invoicing-demo: ")
    return line


def test_a_port_that_is_taken_is_told(tmp_path, web_client_directory):
    with socket.socket() as other:
        other.bind(('localhost', 0))
        other.listen()
        port = str(other.getsockname()[1])
        result = demo.run(
            tmp_path / 'demo', web_client_directory, '--port', port)
    assert f"Port {port} is taken" in complaint(result)
    assert not (tmp_path / 'demo').exists()


def test_a_folder_that_cannot_be_written_is_told(
        tmp_path, web_client_directory):
    (tmp_path / 'file').touch()
    result = demo.run(tmp_path / 'file' / 'demo', web_client_directory)
    assert "cannot be used: Not a directory." in complaint(result)


def test_a_registry_that_cannot_be_reached_is_told(tmp_path):
    result = demo.run(
        tmp_path, tmp_path / 'web_client',
        npm_config_registry='http://127.0.0.1:9/',
        npm_config_cache=str(tmp_path / 'cache'),
        npm_config_fetch_retries='0')
    assert "npm could not fetch the web client." in complaint(result)
    assert not (tmp_path / 'web_client').exists()


def test_without_npm_pip_must_reach_its_index(tmp_path):
    result = demo.run(
        tmp_path, tmp_path / 'web_client', PATH=str(tmp_path),
        PIP_CONFIG_FILE='/dev/null', PIP_NO_INDEX='1', PIP_FIND_LINKS='',
        PIP_NO_CACHE_DIR='1')
    assert "There is no npm on this machine" in complaint(result)


def test_settings_of_another_server_do_not_matter(tmp_path):
    (tmp_path / 'file').touch()
    result = demo.run(
        tmp_path / 'file' / 'demo', tmp_path,
        TRYTOND_DATABASE_URI='sqlite:///elsewhere',
        TRYTOND_CONFIG=str(tmp_path / 'missing.conf'))
    assert "Not a directory" in result.stderr
