from workbench.benchmarks.table import Measurement, table


def test_repeated_runs_are_shown_by_median_least_and_most() -> None:
    shown = table([Measurement(what="up", unit="s", values=[21.0, 19.04, 30.5])]).splitlines()
    assert [cell.strip() for cell in shown[2].split("|")[1:-1]] == ["up", "s", "21.0", "19.0", "30.5", "3", "", ""]


def test_a_limit_is_kept_or_not_by_the_median() -> None:
    kept = Measurement(what="up", unit="s", values=[29, 30, 90], limit=30)
    missed = Measurement(what="up", unit="s", values=[29, 31, 31], limit=30)
    assert (kept.kept, missed.kept) == (True, False)
    assert "| yes " in table([kept])
    assert "| NO " in table([missed])


def test_every_line_of_the_table_has_the_same_width() -> None:
    rows = [
        Measurement(what="short", unit="s", values=[1]),
        Measurement(what="a much longer name", unit="MiB", values=[12345.6], limit=4096, digits=0),
    ]
    assert len({len(line) for line in table(rows).splitlines()}) == 1
