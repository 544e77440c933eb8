"""Nothing lies about that nothing uses: what `make check` finds, and that it finds it."""

from __future__ import annotations

from pathlib import Path

from tests.support.dead import dead


def test_a_function_that_nothing_calls_is_found(tmp_path: Path) -> None:
    (tmp_path / "scheduler").mkdir()
    (tmp_path / "scheduler" / "one.py").write_text("def used() -> None: ...\n\n\ndef forgotten() -> None: used()\n")
    assert dead(tmp_path, ("scheduler",)) == ["scheduler/one.py:4: unused function forgotten"]


def test_what_a_template_names_is_used(tmp_path: Path) -> None:
    for name, text in (
        ("scheduler/one.py", "def forgotten() -> None: ...\n"),
        ("templates/a.html", "{{ forgotten() }}"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert dead(tmp_path, ("scheduler",)) == []
