# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"A scenario during which the day changes"
import datetime as dt
from types import SimpleNamespace

import pytest

from tests.scenario import run_scenario


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
