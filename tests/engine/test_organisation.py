"""Who may change people, roles, deputies, settings and the calendar; and on which days a deputy may act."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from engine import organisation as organisations
from engine.commands import (
    AddPerson,
    AppointDeputy,
    ChangeCalendar,
    ChangeSetting,
    ClaimTask,
    Command,
    DismissDeputy,
    DisposeStream,
    Envelope,
    EraseCase,
    ErasePerson,
    GrantRole,
    ReleaseTask,
    RevokeRole,
    StreamEnd,
)
from engine.errors import Reason, Refused
from engine.events import (
    DeputyAppointed,
    DeputyDismissed,
    PersonErased,
    RoleGranted,
    RoleRevoked,
    SettingChanged,
    StreamDisposed,
)
from engine.organisation import Organisation
from engine.stream import ORGANISATION
from engine.value import Context, Date, Person, Personal, number
from engine.words import Channel
from tests.engine.test_work import BODY, LANES
from tests.engine.world import World, process, trial

NOBODY = Personal(reference="n", present=False, digest="0" * 64)


@pytest.fixture
def world() -> World:
    found = World(trial(process(BODY, lanes=LANES)))
    found.hire("admin", "SYS")
    found.hire("owner", "SMO")
    found.hire("wang", "SALES")
    found.hire("guest")
    return found


def refusal(world: World, who: str | None, command: type[Command], **fields: object) -> Reason:
    before = len(world.journal.kept[ORGANISATION])
    with pytest.raises(Refused) as refused:
        world.do(command, who, ORGANISATION, **fields)
    assert len(world.journal.kept[ORGANISATION]) == before
    assert refused.value.text.zh != refused.value.text.en
    return refused.value.reason


def appointment(world: World, person: str, deputy: str, first: Date, last: Date) -> dict[str, object]:
    return {"person": world.people[person], "deputy": world.people[deputy], "first": first, "last": last}


END = StreamEnd(stream=3, revision=7, digest="01" * 33)
MARCH = (Date(2026, 3, 1), Date(2026, 3, 31))


# ------------------------------------------------------------------ authority


@pytest.mark.parametrize("who", ["owner", "wang", "guest"])
def test_only_the_administrator_keeps_people_and_roles(world: World, who: str) -> None:
    person = world.people["guest"]
    for command, fields in (
        (AddPerson, {"name": NOBODY, "handle": NOBODY}),
        (GrantRole, {"person": person, "role": "MR"}),
        (RevokeRole, {"person": world.people["wang"], "role": "SALES"}),
        (ChangeCalendar, {"calendar": Context()}),
        (ErasePerson, {"person": world.people["admin"], "values": (), "reason": "申请"}),
        (EraseCase, {"case": 3, "values": (), "reason": "申请"}),
        (DisposeStream, {"disposed": 3, "ends": (END,), "values": (), "reason": "期满"}),
    ):
        assert refusal(world, who, command, **fields) is Reason.NOT_ALLOWED


def test_the_administrator_grants_and_revokes_roles_of_others(world: World) -> None:
    person = world.people["guest"]
    (granted,) = world.do(GrantRole, "admin", ORGANISATION, person=person, role="MR").events
    (revoked,) = world.do(RevokeRole, "admin", ORGANISATION, person=person, role="MR").events
    assert (granted, revoked) == (RoleGranted(person=person, role="MR"), RoleRevoked(person=person, role="MR"))


def test_nobody_grants_a_role_to_themselves(world: World) -> None:
    found = refusal(world, "admin", GrantRole, person=world.people["admin"], role="MR")
    assert found is Reason.SEPARATION_OF_DUTIES


def test_the_last_administrator_stays_one_until_there_is_another(world: World) -> None:
    world.deputise("admin", "guest")
    fields = {"person": world.people["admin"], "role": "SYS"}
    assert refusal(world, "admin", RevokeRole, **fields) is Reason.WRONG_STATE
    assert refusal(world, "guest", RevokeRole, **fields) is Reason.WRONG_STATE
    world.do(GrantRole, "admin", ORGANISATION, person=world.people["wang"], role="SYS")
    world.do(RevokeRole, "admin", ORGANISATION, **fields)
    last = {"person": world.people["wang"], "role": "SYS"}
    (revoked,) = world.do(RevokeRole, None, ORGANISATION, **last).events
    assert revoked == RoleRevoked(person=world.people["wang"], role="SYS")


def test_a_deputy_of_the_administrator_grants_roles_but_none_to_themselves(world: World) -> None:
    world.deputise("admin", "guest")
    world.do(GrantRole, "guest", ORGANISATION, person=world.people["wang"], role="PM")
    found = refusal(world, "guest", GrantRole, person=world.people["guest"], role="PM")
    assert found is Reason.SEPARATION_OF_DUTIES


def test_the_first_administrator_is_made_by_the_operator_at_the_machine() -> None:
    empty = organisations.Organisation(stream=ORGANISATION)
    made = AddPerson(
        envelope=Envelope(id="c", stream=ORGANISATION, at=datetime(2026, 3, 2, tzinfo=UTC), channel=Channel.CLI),
        name=NOBODY,
        handle=NOBODY,
    )
    assert len(organisations.execute(None, empty, made)) == 1


@pytest.mark.parametrize("channel", [Channel.WEB, Channel.API, Channel.LINK, Channel.CLOCK, Channel.WORKER])
def test_without_an_actor_no_other_way_in_changes_the_organisation(world: World, channel: Channel) -> None:
    envelope = Envelope(id="c", stream=ORGANISATION, at=world.now, channel=channel)
    with pytest.raises(Refused) as refused:
        world.journal.submit(GrantRole(envelope=envelope, person=world.people["guest"], role="SYS"))
    assert refused.value.reason is Reason.NOT_ALLOWED


def test_settings_belong_to_the_owner_of_the_procedure_and_not_to_the_administrator(world: World) -> None:
    state = world.journal.states[ORGANISATION]
    assert isinstance(state, organisations.Organisation)

    def change(who: str) -> tuple[object, ...]:
        command = ChangeSetting(
            envelope=world.envelope(ORGANISATION, who), procedure="trial", key="review_days", value=number(5)
        )
        return organisations.execute(world.procedure, state, command)

    assert change("owner") == (SettingChanged(procedure="trial", key="review_days", value=number(5)),)
    for who in ("admin", "wang", "guest"):
        with pytest.raises(Refused) as refused:
            change(who)
        assert refused.value.reason is Reason.NOT_ALLOWED


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("review_days", "two", Reason.INVALID_DATA),
        ("review_days", number("1.5"), Reason.INVALID_DATA),
        ("review_days", True, Reason.INVALID_DATA),
        ("unknown", number(1), Reason.NOT_FOUND),
    ],
)
def test_a_setting_takes_a_value_of_its_type_only(world: World, key: str, value: object, reason: Reason) -> None:
    state = world.journal.states[ORGANISATION]
    assert isinstance(state, organisations.Organisation)
    command = ChangeSetting(
        envelope=world.envelope(ORGANISATION, "owner"),
        procedure="trial",
        key=key,
        value=value,  # type: ignore[arg-type]  # the cases are values
    )
    with pytest.raises(Refused) as refused:
        organisations.execute(world.procedure, state, command)
    assert refused.value.reason is reason


def test_a_calendar_that_cannot_be_read_is_refused(world: World) -> None:
    found = refusal(world, "admin", ChangeCalendar, calendar=Context({"zone": "Mars/Olympus"}))
    assert found is Reason.INVALID_DATA


# ------------------------------------------------------------------ roles


def test_a_role_held_already_and_a_role_not_held_change_nothing(world: World) -> None:
    wang = world.people["wang"]
    assert world.do(GrantRole, "admin", ORGANISATION, person=wang, role="SALES").events == ()
    assert world.do(RevokeRole, "admin", ORGANISATION, person=wang, role="PM").events == ()


@pytest.mark.parametrize("role", ["", " ", "SALES ", "S\nALES", "S" * 65, "\x00"])
def test_a_role_code_is_short_and_visible(world: World, role: str) -> None:
    assert refusal(world, "admin", GrantRole, person=world.people["wang"], role=role) is Reason.INVALID_DATA


def test_somebody_who_does_not_exist_gets_no_role(world: World) -> None:
    assert refusal(world, "admin", GrantRole, person=Person("9.9.9"), role="SALES") is Reason.NOT_FOUND


# ------------------------------------------------------------------ deputies


def test_people_appoint_and_dismiss_their_own_deputy(world: World) -> None:
    fields = appointment(world, "wang", "guest", *MARCH)
    (appointed,) = world.do(AppointDeputy, "wang", ORGANISATION, **fields).events
    assert isinstance(appointed, DeputyAppointed)
    ends = {"person": world.people["wang"], "deputy": world.people["guest"]}
    (dismissed,) = world.do(DismissDeputy, "wang", ORGANISATION, **ends).events
    assert isinstance(dismissed, DeputyDismissed)
    assert world.do(DismissDeputy, "wang", ORGANISATION, **ends).events == ()


def test_nobody_makes_themselves_the_deputy_of_another(world: World) -> None:
    fields = appointment(world, "wang", "guest", *MARCH)
    assert refusal(world, "guest", AppointDeputy, **fields) is Reason.NOT_ALLOWED
    assert refusal(world, "owner", AppointDeputy, **fields) is Reason.NOT_ALLOWED


def test_the_same_deputyship_twice_is_one(world: World) -> None:
    fields = appointment(world, "wang", "guest", *MARCH)
    world.do(AppointDeputy, "admin", ORGANISATION, **fields)
    assert world.do(AppointDeputy, "admin", ORGANISATION, **fields).events == ()


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (Date(2026, 2, 1), Date(2026, 3, 1)),
        (Date(2026, 3, 31), Date(2026, 4, 1)),
        (Date(2026, 3, 5), Date(2026, 3, 6)),
        (Date(2026, 2, 1), Date(2026, 4, 1)),
    ],
    ids=["first day", "last day", "within", "around"],
)
def test_nobody_is_the_same_persons_deputy_twice_on_one_day(world: World, first: Date, last: Date) -> None:
    world.do(AppointDeputy, "admin", ORGANISATION, **appointment(world, "wang", "guest", *MARCH))
    fields = appointment(world, "wang", "guest", first, last)
    assert refusal(world, "wang", AppointDeputy, **fields) is Reason.WRONG_STATE


def test_the_days_before_and_after_and_other_people_are_free_for_a_deputyship(world: World) -> None:
    world.do(AppointDeputy, "admin", ORGANISATION, **appointment(world, "wang", "guest", *MARCH))
    for person, deputy, first, last in (
        ("wang", "guest", Date(2026, 2, 1), Date(2026, 2, 28)),
        ("wang", "guest", Date(2026, 4, 1), Date(2026, 4, 1)),
        ("wang", "owner", *MARCH),
        ("owner", "guest", *MARCH),
        ("guest", "wang", *MARCH),
    ):
        fields = appointment(world, person, deputy, first, last)
        assert len(world.do(AppointDeputy, "admin", ORGANISATION, **fields).events) == 1


@pytest.mark.parametrize(
    ("deputy", "first", "last"),
    [
        ("wang", *MARCH),
        ("guest", Date(2026, 3, 2), Date(2026, 3, 1)),
        ("guest", Date(2026, 3, 1), Date(2027, 3, 2)),
    ],
    ids=["one's own deputy", "ends before it begins", "longer than a year"],
)
def test_a_deputyship_that_makes_no_sense_is_refused(world: World, deputy: str, first: Date, last: Date) -> None:
    fields = appointment(world, "wang", deputy, first, last)
    assert refusal(world, "admin", AppointDeputy, **fields) is Reason.INVALID_DATA


def test_a_deputy_of_a_deputy_has_no_right(world: World) -> None:
    world.deputise("wang", "owner")
    world.deputise("owner", "guest")
    stream = world.start("wang")
    with pytest.raises(Refused) as refused:
        world.do(ClaimTask, "guest", stream, task=world.task(stream, "write").id)
    assert refused.value.reason is Reason.NOT_ALLOWED


SHANGHAI_DAY = Date(2026, 3, 10)


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        (datetime(2026, 3, 9, 15, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 9, 16, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 10, 15, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 10, 16, 0, tzinfo=UTC), False),
    ],
    ids=["a minute before midnight", "midnight in Shanghai", "the last second", "the next midnight"],
)
def test_a_deputyship_begins_and_ends_at_midnight_of_the_organisation(
    world: World, moment: datetime, may: bool
) -> None:
    world.do(AppointDeputy, "admin", ORGANISATION, **appointment(world, "wang", "guest", SHANGHAI_DAY, SHANGHAI_DAY))
    stream = world.start("wang")
    envelope = Envelope(id="late", stream=stream, at=moment, actor=world.people["guest"])
    command = ClaimTask(envelope=envelope, task=world.task(stream, "write").id)
    if may:
        assert len(world.journal.submit(command).events) == 1
    else:
        with pytest.raises(Refused):
            world.journal.submit(command)


def test_the_principal_takes_back_what_a_former_deputy_still_holds(world: World) -> None:
    world.do(AppointDeputy, "admin", ORGANISATION, **appointment(world, "wang", "guest", *MARCH))
    stream = world.start("wang")
    task = world.task(stream, "write").id
    world.do(ClaimTask, "guest", stream, task=task)
    world.do(DismissDeputy, "wang", ORGANISATION, person=world.people["wang"], deputy=world.people["guest"])
    world.do(ReleaseTask, "wang", stream, task=task)
    assert world.task(stream, "write").holder is None


# ------------------------------------------------------------------ erased, disposed of


@pytest.mark.parametrize("who", ["admin", None])
def test_who_is_erased_holds_no_role_and_nobody_deputises_for_them(world: World, who: str | None) -> None:
    wang, guest = world.people["wang"], world.people["guest"]
    world.do(AppointDeputy, "admin", ORGANISATION, **appointment(world, "wang", "guest", *MARCH))
    world.do(AppointDeputy, "admin", ORGANISATION, **appointment(world, "guest", "wang", *MARCH))
    (erased,) = world.do(ErasePerson, who, ORGANISATION, person=wang, values=("a", "b"), reason="申请").events
    assert erased == PersonErased(person=wang, reason="申请")
    organisation = world.journal.states[ORGANISATION]
    assert isinstance(organisation, Organisation)
    assert (organisation.roles["SALES"], organisation.deputies, organisation.erased) == ((), (), (wang,))
    assert guest in organisation.persons
    for command, fields in (
        (ErasePerson, {"person": wang, "values": (), "reason": "再次"}),
        (GrantRole, {"person": wang, "role": "MR"}),
    ):
        assert refusal(world, "admin", command, **fields) is Reason.NOT_FOUND
    assert refusal(world, "wang", AppointDeputy, **appointment(world, "wang", "guest", *MARCH)) is Reason.NOT_FOUND


def test_nobody_erases_themselves(world: World) -> None:
    fields = {"person": world.people["admin"], "values": (), "reason": "申请"}
    assert refusal(world, "admin", ErasePerson, **fields) is Reason.SEPARATION_OF_DUTIES


@pytest.mark.parametrize("reason", ["", " \n", "x" * 2_001, "a\x00b"])
def test_what_is_gone_for_good_has_a_reason_that_can_be_read(world: World, reason: str) -> None:
    for command, fields in (
        (ErasePerson, {"person": world.people["wang"]}),
        (EraseCase, {"case": 3}),
        (DisposeStream, {"disposed": 3, "ends": (END,)}),
    ):
        assert refusal(world, "admin", command, **fields, values=(), reason=reason) is Reason.INVALID_DATA


def test_the_entry_of_a_disposal_says_where_each_stream_ended(world: World) -> None:
    other = replace(END, stream=4)
    fields = {"disposed": 3, "ends": (END, other), "values": (), "reason": "期满"}
    assert world.do(DisposeStream, "admin", ORGANISATION, **fields).events == tuple(
        StreamDisposed(disposed=end.stream, revision=7, digest=end.digest, reason="期满") for end in (END, other)
    )
    assert refusal(world, "admin", DisposeStream, **{**fields, "ends": ()}) is Reason.NOT_FOUND


@pytest.mark.parametrize("command", [GrantRole, RevokeRole])
def test_why_a_role_is_granted_or_revoked_may_be_said_but_not_with_an_empty_sentence(
    world: World, command: type[Command]
) -> None:
    fields: dict[str, object] = {"person": world.people["guest"], "role": "SALES"}
    assert refusal(world, "admin", command, **fields, reason="  ") is Reason.INVALID_DATA
    world.do(command, "admin", ORGANISATION, **fields, reason="入职")
    assert world.journal.kept[ORGANISATION][-1].command.reason == "入职"
