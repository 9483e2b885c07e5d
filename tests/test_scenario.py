# This file is part of shop_invoicing.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"Run each scenario_*.rst of this folder as a test of its own"
from pathlib import Path

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
