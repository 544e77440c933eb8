"""What real mail programs send back, and what it means for the address that our message went to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.mail.incoming.dsn import Action, ReportedRecipient
from scheduler.mail.incoming.reading import AutoReply, Bounce, Other, read
from scheduler.mail.incoming.verdict import ReportVerdict, codes_in, effective_status, judge
from scheduler.planning.codes import BAD_ADDRESS, Blame, blame
from tests.support.mail_programs import (
    ADDRESS,
    ANOTHERS,
    DMA,
    DOMAIN,
    FOR_PEOPLE,
    HARD,
    KEY,
    NOT_FAILED,
    OTHER,
    OURS,
    QMAIL,
    SILENT,
    SOFT,
    Report,
)


def name(report: Report) -> str:
    return f"{report.program}: {report.action} {report.status} {report.diagnostic or report.prose}"[:70]


def judged(raw: bytes, address: str = ADDRESS) -> ReportVerdict:
    found = read(raw)
    assert isinstance(found, Bounce)
    assert (KEY, DOMAIN) in found.message_keys
    return judge(found.reported, address)


@pytest.mark.parametrize("report", HARD, ids=name)
def test_an_address_is_bad_where_the_server_that_knows_it_says_so_of_it(report: Report) -> None:
    assert judged(report.message()).finding == "hard"


@pytest.mark.parametrize("report", SOFT, ids=name)
def test_a_message_that_did_not_arrive_for_another_cause_scores(report: Report) -> None:
    assert judged(report.message()).finding == "soft"


@pytest.mark.parametrize("report", ANOTHERS, ids=name)
def test_a_forwarding_target_or_a_member_of_a_list_scores_at_most_and_is_named_masked(report: Report) -> None:
    verdict = judged(report.message())
    assert (verdict.finding, verdict.about) == ("soft", "c…@otra.example")
    assert OTHER not in verdict.text


@pytest.mark.parametrize("report", OURS, ids=name)
def test_policy_block_lists_sender_and_content_speak_of_the_installation(report: Report) -> None:
    assert judged(report.message()).finding == "installation"


@pytest.mark.parametrize(("finding", "report"), [(word, one) for word, many in NOT_FAILED.items() for one in many])
def test_what_was_not_given_up_is_told_by_its_word(finding: str, report: Report) -> None:
    found = read(report.message())
    assert isinstance(found, Bounce)
    assert (found.failed, judge(found.reported, ADDRESS).finding) == (False, finding)


@pytest.mark.parametrize("report", HARD, ids=name)
def test_no_report_is_hard_for_an_address_that_the_post_got_since(report: Report) -> None:
    assert judged(report.message(), "nueva@sede.example").finding == "soft"


@pytest.mark.parametrize(
    ("words", "finding"),
    [
        (f"mx.sede.example did not like our RCPT TO:\n550 5.1.1 <{ADDRESS}>: User unknown", "hard"),
        ("mx.sede.example did not like our RCPT TO:\n550 No such user here", "soft"),
        ("DNS lookup failure: host sede.example not found", "soft"),
        ("mx.sede.example did not like our DATA:\n554 5.7.1 Message content rejected", "installation"),
        (f"550 5.1.1 <{OTHER}>: User unknown", "soft"),
    ],
)
def test_prose_of_dma_is_judged_likewise(words: str, finding: str) -> None:
    assert judged(DMA.format(words=words).encode()).finding == finding


def test_prose_of_qmail_is_judged_likewise() -> None:
    assert judged(QMAIL.encode()).finding == "hard"


@pytest.mark.parametrize("program", SILENT)
def test_an_automatic_reply_is_set_aside_before_its_prose_is_read(program: str) -> None:
    assert read(SILENT[program].format(who=ADDRESS).encode()) == AutoReply()


@pytest.mark.parametrize("program", FOR_PEOPLE)
def test_what_reports_nothing_is_for_people_whatever_numbers_stand_in_it(program: str) -> None:
    assert read(FOR_PEOPLE[program].format(who=ADDRESS).encode()) == Other()


def test_auto_submitted_no_is_a_persons() -> None:
    assert read(b"From: uno@sede.example\nAuto-Submitted: no; because\n\nhola") == Other()


@pytest.mark.parametrize("status", sorted(BAD_ADDRESS))
def test_one_table_says_at_rcpt_and_in_reports_which_codes_are_of_a_bad_address(status: str) -> None:
    assert blame(status) is Blame.ADDRESS
    one = ReportedRecipient(action=Action.FAILED, final=ADDRESS, words=f"550 {status} no", by_smtp=True)
    assert judge([one], ADDRESS).finding == "hard"


_WORD = st.text(alphabet="0123456789.-# 'x<>@a(\n", max_size=40)
_REPORTED = st.builds(
    ReportedRecipient,
    action=st.sampled_from(Action),
    final=st.sampled_from(["", ADDRESS, ADDRESS.upper(), OTHER]),
    original=st.sampled_from(["", ADDRESS, OTHER]),
    actual=st.sampled_from([(), (ADDRESS,), (OTHER,), (OTHER, ADDRESS)]),
    status=st.sampled_from(["", "5.0.0", "5.1.0", "5.1.1", "5.1.2", "4.4.7", "5.7.1", "2.0.0"]),
    words=st.sampled_from(["", "550 5.1.1 no", f"550 5.1.1 <{OTHER}>: no", "550 no", "554 5.7.1 no"]) | _WORD,
    by_smtp=st.booleans(),
)


@given(st.lists(_REPORTED, max_size=4), st.sampled_from([ADDRESS, "", OTHER]))
def test_hard_is_only_what_failed_at_that_very_address_with_a_code_that_says_so(
    reported: list[ReportedRecipient], address: str
) -> None:
    verdict = judge(reported, address)
    assert verdict.failed == any(one.action is Action.FAILED for one in reported)
    if verdict.finding == "hard":
        assert verdict.status in BAD_ADDRESS | {"5.4.1"}
        assert any(address and address.lower() in (one.final.lower(), one.original.lower()) for one in reported)
    assert ADDRESS not in verdict.text + verdict.about
    assert judge(reported, address) == verdict


@given(_REPORTED)
def test_a_code_that_the_server_did_not_give_says_no_more_than_its_class(one: ReportedRecipient) -> None:
    if one.by_smtp and one.words and not codes_in(one.words):
        assert effective_status(one).endswith(".0.0")
