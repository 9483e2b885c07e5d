# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Run each scenario_*.rst of this folder as a test of its own"
import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.scenario import find_scenarios, run_scenario

FOLDER = Path(__file__).parent
SCENARIOS = list(find_scenarios(FOLDER))


@pytest.mark.turn
@pytest.mark.parametrize('path, globs', SCENARIOS)
def test_scenario(path, globs):
    run_scenario(path, globs)


@pytest.mark.once
def test_every_scenario_is_collected(request):
    collected = {path for path, _ in (p.values for p in SCENARIOS)}
    assert collected == set(FOLDER.rglob('*.rst'))
    assert all(path.name.startswith('scenario_') for path in collected)


@pytest.mark.once
@pytest.mark.parametrize('end, runs', [(1, 1), (2, 2)])
def test_a_scenario_runs_again_after_midnight(
        tmp_path, monkeypatch, end, runs):
    days = [dt.date(2026, 11, end), dt.date(2026, 11, 1)]
    monkeypatch.setattr('tests.scenario.dt', SimpleNamespace(
            date=SimpleNamespace(today=days.pop)))
    path, seen = tmp_path / 'scenario_fail.rst', []
    path.write_text(">>> seen.append(1)\n>>> raise ValueError\n")
    with pytest.raises(pytest.fail.Exception, match='ValueError'):
        run_scenario(path, {'seen': seen})
    assert len(seen) == runs
