"""Two lists matched: laws that hold whatever the lists."""

from hypothesis import given
from hypothesis import strategies as st

from audit_agent.matching.reconciling import Entry, Nearness, reconcile
from audit_agent.matching.subsets import subset_of_sum

NEAR = Nearness(days=4, late_days=31, tolerance=250, percent=5, group=4)
ENTRIES = st.lists(
    st.builds(
        Entry,
        day=st.integers(min_value=0, max_value=40),
        units=st.integers(min_value=-40, max_value=40).map(lambda n: n * 100),
        words=st.frozensets(st.sampled_from(("rent", "pay", "acme")), max_size=2),
        references=st.frozensets(st.sampled_from(("A1", "B2")), max_size=1),
        bundle=st.sampled_from(("", "J1", "J2")),
    ),
    max_size=14,
)


@given(ENTRIES, ENTRIES)
def test_every_line_is_in_one_match_at_most(bank: list[Entry], ledger: list[Entry]) -> None:
    matches = reconcile(bank, ledger, NEAR)

    for places in ([p for m in matches for p in m.bank], [p for m in matches for p in m.ledger]):
        assert len(places) == len(set(places))


@given(ENTRIES, ENTRIES)
def test_sums_and_days_of_a_match_are_as_its_stage_has_them(bank: list[Entry], ledger: list[Entry]) -> None:
    for match in reconcile(bank, ledger, NEAR):
        ours, theirs = [bank[place] for place in match.bank], [ledger[place] for place in match.ledger]
        gap = abs(sum(one.units for one in ours) - sum(two.units for two in theirs))
        apart = max(abs(one.day - two.day) for one in ours for two in theirs)
        most = {"exact": 0, "group": 0, "late": 0, "near": NEAR.tolerance}.get(match.how)
        assert most is None or gap <= most
        assert apart <= (NEAR.late_days if match.how in ("late", "amount") else NEAR.days)


@given(ENTRIES)
def test_a_list_agrees_with_itself(entries: list[Entry]) -> None:
    matches = reconcile(entries, entries, NEAR)

    assert {match.how for match in matches} <= {"exact"}
    assert sum(len(match.bank) for match in matches) == len(entries)


@given(ENTRIES, ENTRIES)
def test_no_equal_amounts_are_left_within_the_days(bank: list[Entry], ledger: list[Entry]) -> None:
    matches = reconcile(bank, ledger, NEAR)
    ours = set(range(len(bank))) - {p for m in matches for p in m.bank}
    theirs = set(range(len(ledger))) - {p for m in matches for p in m.ledger}

    near = [(bank[here], ledger[there]) for here in ours for there in theirs]
    assert not [1 for one, two in near if one.units == two.units and abs(one.day - two.day) <= NEAR.days]


@given(st.lists(st.integers(min_value=1, max_value=60), max_size=10), st.integers(min_value=1, max_value=200))
def test_a_subset_comes_to_the_sum(amounts: list[int], wanted: int) -> None:
    found = subset_of_sum(list(enumerate(amounts)), wanted, 4)

    assert found == () or (sum(amounts[place] for place in found), len(set(found))) == (wanted, len(found))


def test_the_fewest_amounts_that_do_are_taken() -> None:
    assert subset_of_sum([(1, 10), (2, 20), (3, 30), (4, 60), (5, 50)], 60, 4) == (1, 5)
    assert subset_of_sum([(1, 10), (2, 20)], 25, 4) == ()
