# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"The house rules for views, access and XML ids that a machine can check"
import re

import pytest

from tests.source import FOLDER, MODELS, WORDS, find_records

pytestmark = pytest.mark.once

TYPES = {
    'form': {'form'},
    'tree': {'list', 'tree'},
    'graph': {'graph'},
    'calendar': {'calendar'},
    'board': {'board'},
    }
VIEWS = find_records('ir.ui.view')
IDS = {
    'ir.action.act_window': r'act_\w+',
    'ir.action.act_window.view': r'{act_window}_view\d+',
    'ir.action.act_window.domain': r'{act_window}_domain_\w+',
    'ir.action.keyword': r'{action}_keyword\d*',
    'ir.action.report': r'report_\w+',
    'ir.action.wizard': r'wizard_\w+',
    'ir.cron': r'cron_\w+',
    'ir.message': r'msg_\w+',
    'ir.model.button': r'\w+_{name}_button',
    'ir.model.button-res.group': r'{button}_group_\w+',
    'ir.rule': r'rule_\w+',
    'ir.rule.group': r'rule_group_\w+',
    'ir.ui.icon': r'\w+_icon',
    'ir.ui.view': r'\w+_view_(form|list|tree|graph|calendar|board)(_\w+)?',
    'menuitem': r'menu_\w+',
    'res.group': r'group_\w+',
    }


def each(argument, values):
    return pytest.mark.parametrize(argument, values, ids=str)


# Views


@each('view', VIEWS)
def test_view_name(view):
    name = view.get('name')
    pattern = r'(\w+?)_(form|list|tree|graph|calendar|board)(?:_(\w+))?'
    model, type_, concept = re.fullmatch(pattern, name).groups()
    if 'inherit' in view:
        concept = remove_variant(concept, view.get('inherit'))
        # The file of a concept that is a model needs no suffix
        assert starts_with_word(concept) or model == view.path.stem, (
            "<model>_form_<word>.xml")
    else:
        assert type_ in TYPES[view.get('type')]
    if 'model' in view:
        full_name = view.get('model').replace('.', '_')
        assert f'_{full_name}'.endswith(f'_{model}')


def remove_variant(concept, inherited):
    "Return what follows the variant of the extended view, if it has one"
    variant = re.search(rf'_view_({"|".join(TYPES)}|list)_(\w+)$', inherited)
    return concept.removeprefix(f'{variant[2]}_') if variant else concept


def starts_with_word(concept):
    return any(f'{concept}_'.startswith(f'{word}_') for word in WORDS)


@each('view', [v for v in VIEWS if 'inherit' in v])
def test_view_extends_by_name(view):
    path = FOLDER / 'view' / view.path.parent.name / (
        view.get('name') + '.xml')
    expressions = re.findall(r'expr="([^"]*)"', path.read_text())
    assert expressions
    assert not [e for e in expressions if re.search(r'\[\d|position\(', e)]


@each('view', VIEWS)
def test_view_id(view):
    "The id is the name of the file with _view in it"
    name = re.sub(
        r'_(list|tree|form|graph|calendar|board)(?=_|$)', r'_view_\1',
        view.get('name'), count=1)
    pattern = re.sub('_view_(list|tree)', '_view_(list|tree)', name)
    assert re.fullmatch(pattern, view.id), name


# Ids and sequences


@each('record', [r for m in IDS for r in find_records(m)])
def test_id(record):
    pattern = re.sub(
        r'{(\w+)}', lambda m: re.escape(value(record, m[1])),
        IDS[record.model])
    # A record of another module is changed under its name there
    id_ = record.id.rpartition('.')[2]
    assert re.fullmatch(pattern, id_), pattern


def value(record, name):
    return record.get(name).split('.')[-1]


@each('access', find_records('ir.model.access'))
def test_access_id(access):
    id_ = re.escape('access_') + r'\w+'
    if 'group' in access:
        id_ += '_' + re.escape(value(access, 'group').removeprefix('group_'))
    assert re.fullmatch(id_, access.id), id_


@each('record', find_records(
        'ir.action.act_window.view', 'ir.action.act_window.domain'))
def test_sequence(record):
    sequence = int(record.get('sequence'))
    assert sequence % 10 == 0 or sequence == 9999
    if record.get('name') == 'All':
        assert sequence == 9999


# Access


@each('model', [m for m in MODELS if m.is_own_table])
def test_model_has_access(model):
    if model.is_accessed_by_parent:
        return
    access, = [
        a for a in find_records('ir.model.access')
        if a.get('model') == model.name and 'group' not in a]
    for right in ['write', 'create', 'delete']:
        assert access.get(f'perm_{right}') == 'False', right


@each('model', [m for m in MODELS if m.is_own_table and m.has_company])
def test_model_has_company_rule(model):
    group, = [
        g for g in find_records('ir.rule.group')
        if g.get('model') == model.name]
    assert group.get('name') == "User in companies"
    assert group.get('global_p') == 'True'
    assert group.id.endswith('_companies')
    rule, *shared = [
        r for r in find_records('ir.rule')
        if r.get('rule_group') == group.id]
    assert rule.get('domain') == "[('company', 'in', Eval('companies', []))]"
    id_ = group.id.replace('rule_group_', 'rule_')
    if shared:
        # Records without company are for all, as sequences of core are
        assert [r.get('domain') for r in shared] == [
            "[('company', '=', None)]"]
        assert [r.id for r in [rule, *shared]] == [f'{id_}1', f'{id_}2']
    else:
        assert rule.id == id_


@each('model', [m for m in MODELS if m.buttons])
def test_buttons_have_records(model):
    records = {
        b.get('name') for b in find_records('ir.model.button')
        if b.get('model') == model.name}
    assert set(model.buttons) <= records
