"""What stands for all sites, or all feeds, in the short suite; the long one takes every one of them."""

from __future__ import annotations

import pytest

SAMPLED = pytest.mark.parametrize("each", [17, pytest.param(1, marks=pytest.mark.long)])  # as in sites[::each]
