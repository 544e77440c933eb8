"""How a line is divided among the columns of a table, for the formats whose pages have a width."""

from __future__ import annotations

import pytest

from scheduler.printing.figures import measured
from tests.support.printed import grid


def test_words_and_figures_stay_whole_and_what_is_left_goes_to_long_texts() -> None:
    """A line of 100 characters: no number is broken for a remark's sake."""
    found = measured(grid(100), "es", 100)
    assert sum(found.shares) == pytest.approx(1)
    assert not found.tight
    assert all(share * 100 >= need for share, need in zip(found.shares, (4, 11, 7, 7, 11, 6), strict=True))
    assert found.shares.index(max(found.shares)) == 4


def test_a_small_table_leaves_a_part_of_the_line_empty() -> None:
    """A number at the other edge of the page is far from what it counts."""
    small = measured(grid(0, 5), "es", 100).shares
    assert sum(small) == pytest.approx(0.74, abs=0.01)
    assert [round(share / sum(small), 2) for share in small] == [0.15, 0.29, 0.15, 0.17, 0.24]
    assert sum(measured(grid(0, 5), "es", 500).shares) == pytest.approx(0.4)


def test_a_table_that_cannot_fit_is_said_to_be_tight() -> None:
    """Its words may be hyphenated then."""
    tight = measured(grid(3, 14), "es", 20)
    assert tight.tight
    assert sum(tight.shares) == pytest.approx(1)
    assert min(tight.shares) > 0.04
