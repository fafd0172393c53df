"""What differentials cost, as rows."""

from benchmarks.differentials import Cost, costs

FULL = Cost(wall=100.0, calls=800, pages=340, sent=50_000)
NOTHING = Cost(wall=2.0, calls=400, pages=2, sent=0)


def test_costs_that_keep_to_their_bars() -> None:
    label = Cost(wall=50.0, calls=400, pages=2, sent=500)
    removal = Cost(wall=4.0, calls=428, pages=7, sent=14)  # 3 removals may cost 20 + 3 x 12 = 56 calls
    edited = Cost(wall=5.0, calls=612, pages=10, sent=750)  # 750 products are 8 pages: 612 / (400 + 8)
    rows = costs(FULL, NOTHING, label, removal, edited, edited_products=750, large=True)
    assert [row.value for row in rows] == [0.02, 0, 0.5, 0, 0.01, 0.5, 0.05, 1.5]
    assert not any(row.over for row in rows)


def test_a_page_read_beyond_the_windows_is_over_the_bar() -> None:
    nothing = Cost(wall=2.0, calls=401, pages=3, sent=0)
    rows = costs(FULL, nothing, nothing, nothing, nothing, edited_products=1, large=True)
    assert [row.name for row in rows if row.over] == ["differential, nothing changed: pages read beyond the windows"]


def test_a_label_that_has_products_read_is_over_the_bar() -> None:
    label = Cost(wall=50.0, calls=401, pages=3, sent=500)
    rows = costs(FULL, NOTHING, label, NOTHING, NOTHING, edited_products=1, large=True)
    over = "differential, one option's label: pages more than with nothing changed"
    assert [row.name for row in rows if row.over] == [over]


def test_time_has_no_bar_in_a_small_catalogue() -> None:
    rows = costs(FULL, FULL, FULL, FULL, FULL, edited_products=1, large=False)
    assert [row.name for row in rows if "wall" in row.name and row.bar is not None] == []
