"""When a channel may be written to."""

from audit_agent.slack.pace import Pace


class Clock:
    """The time as a test has it."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_second_lies_between_two_messages_to_a_channel_and_none_between_channels() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.wait("C1") == 0

    pace.wrote("C1")

    assert (pace.wait("C1"), pace.wait("C2")) == (1, 0)
    clock.now += 0.75
    assert pace.wait("C1") == 0.25
    clock.now += 0.25
    assert pace.wait("C1") == 0


def test_what_slack_asks_for_is_not_cut_short_by_a_message() -> None:
    pace = Pace(Clock())

    pace.hold("C1", 30)
    pace.wrote("C1")

    assert pace.wait("C1") == 30
