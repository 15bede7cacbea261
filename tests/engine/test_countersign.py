"""Countersignatures: when the votes decide, what they decide, who has signed and who has not yet."""

from decimal import Decimal

import pytest

from engine.check import check
from engine.commands import AddSigner, ClaimTask, CompleteTask, ResolveTask, ReturnTask, TransferTask
from engine.countersign import standings
from engine.errors import Reason, Refused
from engine.flow.countersign import Mode, Rule
from engine.value import Context
from engine.words import ReturnMode, SignPlace, Stage
from tests.engine.world import MANIFEST, World, chain, lane, process, trial

SIGNERS = ("an", "bo", "cui")


def model(rule: str, *, sequential: bool = False, over: str = 'zx:collection="people" zx:item="who"') -> bytes:
    """A text that several persons sign, each by name."""
    assignee = 'zx:assignee="who"' if "zx:item" in over else ""
    times = "" if "zx:item" in over else "<bpmn:loopCardinality>3</bpmn:loopCardinality>"
    several = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}" '
        f"{over if 'zx:item' in over else ''}>{times}</bpmn:multiInstanceLoopCharacteristics>"
    )
    body = (
        '<bpmn:startEvent id="s" zx:inputs="people"/><bpmn:userTask id="write" name="编写"/>'
        f'<bpmn:userTask id="sign" name="会签" zx:countersign="{rule}" zx:approved="sign.decision = &quot;yes&quot;" '
        f'zx:separateFrom="write" {assignee}>{several}</bpmn:userTask>'
        '<bpmn:exclusiveGateway id="x" default="x_no"/><bpmn:userTask id="yes" name="生效"/>'
        '<bpmn:userTask id="no" name="重写"/><bpmn:endEvent id="e"/>' + chain("s", "write", "sign", "x")
    )
    body += '<bpmn:sequenceFlow id="x_yes" sourceRef="x" targetRef="yes"><bpmn:conditionExpression>sign.approved'
    body += '</bpmn:conditionExpression></bpmn:sequenceFlow><bpmn:sequenceFlow id="x_no" sourceRef="x" targetRef="no"/>'
    lanes = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "write")}{lane("SMO", "sign", "yes", "no")}</bpmn:laneSet>'
    return process(body + chain("yes", "e") + chain("no", "e"), lanes=lanes)


def company(rule: str, **options: bool | str) -> World:
    """A writer and three signers."""
    found = World(trial(model(rule, **options)))  # type: ignore[arg-type]  # a flag and a text
    found.hire("wang", "SALES")
    for name in SIGNERS:
        found.hire(name, "SMO")
    found.hire("guest")
    return found


def begun(world: World, *people: str, writer: str = "wang") -> int:
    """An instance whose countersignature waits."""
    people = people or SIGNERS
    stream = world.start(None, people=tuple(world.people[name] for name in people))
    world.do(CompleteTask, writer, stream, task=world.task(stream, "write").id, data=Context())
    return stream


def task_of(world: World, stream: int, who: str) -> str:
    """The vote that waits for somebody."""
    tasks = world.instance(stream).tasks.values()
    return next(t.id for t in tasks if t.element == "sign" and world.people[who] in (*t.persons, t.holder))


def vote(world: World, stream: int, who: str, decision: str, *, of: str | None = None) -> None:
    """Cast a vote."""
    data = Context({"decision": decision})
    world.do(CompleteTask, who, stream, task=task_of(world, stream, of or who), data=data)


def cast(world: World, stream: int, votes: str) -> None:
    """Cast votes in order, y or n, as long as they are asked for."""
    for who, letter in zip(SIGNERS, votes, strict=False):
        vote(world, stream, who, "yes" if letter == "y" else "no")


def result(world: World, stream: int) -> Context:
    """What the countersignature yielded."""
    found = next(iter(world.instance(stream).scopes.values())).variables["sign"]
    assert isinstance(found, Context)
    return found


def open_now(world: World, stream: int) -> list[str]:
    """The elements whose tasks are open."""
    return sorted(task.element for task in world.instance(stream).tasks.values())


@pytest.mark.parametrize(
    ("rule", "votes", "approved"),
    [
        ("all", "yyy", True),
        ("all", "nyy", False),
        ("any", "y", True),
        ("any", "nny", True),
        ("any", "nnn", False),
        ("veto", "n", False),
        ("veto", "yyn", False),
        ("veto", "yyy", True),
        ("share:0.67", "yyy", True),
        ("share:0.6", "yy", True),
        ("share:0.67", "n", False),
        ("share:0.5", "nn", False),
        ("share:0.5", "yny", True),
    ],
)
@pytest.mark.parametrize("sequential", [False, True], ids=["parallel", "sequential"])
def test_the_votes_decide_by_the_rule_and_nobody_else_is_asked(
    rule: str, votes: str, approved: bool, sequential: bool
) -> None:
    world = company(rule, sequential=sequential)
    stream = begun(world)
    for place in range(len(votes)):
        assert set(open_now(world, stream)) == {"sign"}, place
        vote(world, stream, SIGNERS[place], "yes" if votes[place] == "y" else "no")
    assert open_now(world, stream) == ["yes" if approved else "no"]
    found = result(world, stream)
    assert found["approved"] is approved
    assert isinstance(found["votes"], tuple)
    letters = "".join(
        "-" if v is None else "y" if v["approved"] else "n"
        for v in found["votes"]
        if v is None or isinstance(v, Context)
    )
    assert letters == votes + "-" * (3 - len(votes))


def test_a_vote_says_who_cast_it_and_what_was_entered() -> None:
    world = company("all")
    stream = begun(world)
    cast(world, stream, "yny")
    votes = result(world, stream)["votes"]
    assert isinstance(votes, tuple)
    assert votes[1] == Context(
        {
            "person": world.people["bo"],
            "on_behalf_of": None,
            "approved": False,
            "data": Context({"decision": "no"}),
        }
    )


def test_without_signers_nothing_is_approved() -> None:
    world = company("veto")
    stream = world.start(None, people=())
    world.do(CompleteTask, "wang", stream, task=world.task(stream, "write").id, data=Context())
    assert (open_now(world, stream), result(world, stream)["votes"]) == (["no"], ())


def test_who_has_signed_and_who_has_not_yet() -> None:
    world = company("all", sequential=True)
    stream = begun(world)
    vote(world, stream, "an", "yes")
    (standing,) = standings(world.procedure, world.instance(stream))
    first, second, third = standing.votes
    assert (standing.element.id, standing.rule) == ("sign", "all")
    assert (first.person, first.approved) == (world.people["an"], True)
    assert second.task is not None
    assert (second.task.persons, second.approved) == ((world.people["bo"],), None)
    assert (third.person, third.task) == (None, None)
    cast_all = {"bo": "yes", "cui": "yes"}
    for who, decision in cast_all.items():
        vote(world, stream, who, decision)
    assert standings(world.procedure, world.instance(stream)) == []


def test_everybody_has_one_vote_also_as_a_deputy() -> None:
    world = company("all")
    world.deputise("bo", "an")
    world.deputise("cui", "guest")
    world.deputise("an", "guest")
    stream = begun(world)
    vote(world, stream, "an", "yes")
    for who, of in (("an", "bo"),):
        with pytest.raises(Refused) as refusal:
            vote(world, stream, who, "yes", of=of)
        assert refusal.value.reason is Reason.SEPARATION_OF_DUTIES
    vote(world, stream, "guest", "yes", of="cui")
    vote(world, stream, "bo", "yes")
    assert open_now(world, stream) == ["yes"]


def test_one_deputy_does_not_sign_for_two() -> None:
    world = company("all")
    world.deputise("an", "guest")
    world.deputise("bo", "guest")
    stream = begun(world)
    vote(world, stream, "guest", "yes", of="an")
    with pytest.raises(Refused) as refusal:
        world.do(ClaimTask, "guest", stream, task=task_of(world, stream, "bo"))
    assert refusal.value.reason is Reason.SEPARATION_OF_DUTIES
    with pytest.raises(Refused):
        vote(world, stream, "guest", "yes", of="bo")


def test_who_voted_does_not_get_anothers_vote_by_transfer() -> None:
    world = company("all")
    stream = begun(world)
    vote(world, stream, "an", "yes")
    key = task_of(world, stream, "bo")
    with pytest.raises(Refused) as refusal:
        world.do(TransferTask, "bo", stream, task=key, to=world.people["an"], reason="出差")
    assert refusal.value.reason is Reason.SEPARATION_OF_DUTIES


def test_of_a_group_nobody_votes_twice() -> None:
    world = company("share:0.67", over="")
    stream = begun(world)
    keys = list(world.instance(stream).tasks)
    data = Context({"decision": "yes"})
    world.do(CompleteTask, "an", stream, task=keys[0], data=data)
    world.do(ClaimTask, "bo", stream, task=keys[1])
    with pytest.raises(Refused) as refusal:
        world.do(CompleteTask, "an", stream, task=keys[2], data=data)
    assert refusal.value.reason is Reason.SEPARATION_OF_DUTIES


def test_who_wrote_the_text_does_not_sign_it() -> None:
    world = company("all")
    world.hire("du", "SALES", "SMO")
    stream = begun(world, "an", "du", writer="du")
    with pytest.raises(Refused) as refusal:
        vote(world, stream, "du", "yes")
    assert refusal.value.reason is Reason.SEPARATION_OF_DUTIES


def test_a_signer_asks_for_an_opinion_and_then_votes() -> None:
    world = company("any")
    stream = begun(world)
    key = task_of(world, stream, "an")
    signer = (world.people["guest"],)
    world.do(AddSigner, "an", stream, task=key, persons=signer, place=SignPlace.BEFORE, reason="请看")
    assert world.instance(stream).tasks[key].stage is Stage.SIGNING
    world.do(ResolveTask, "guest", stream, task=key, opinion="可")
    vote(world, stream, "an", "yes")
    assert open_now(world, stream) == ["yes"]


def test_a_return_cancels_all_votes_and_they_are_cast_anew() -> None:
    world = company("all")
    stream = begun(world)
    vote(world, stream, "an", "yes")
    mode, key = ReturnMode.STEP, task_of(world, stream, "bo")
    world.do(ReturnTask, "bo", stream, task=key, target="write", mode=mode, reason="有误")
    assert open_now(world, stream) == ["write"]
    world.do(CompleteTask, "wang", stream, task=world.task(stream, "write").id, data=Context())
    cast(world, stream, "yyy")
    assert open_now(world, stream) == ["yes"]


def test_a_word_for_what_is_positive_that_fails_refuses_the_vote() -> None:
    broken = model("all").replace(b"sign.decision = &quot;yes&quot;", b"unheard_of = 1")
    world = World(trial(broken))
    world.hire("wang", "SALES")
    world.hire("an", "SMO")
    stream = begun(world, "an")
    with pytest.raises(Refused) as refusal:
        vote(world, stream, "an", "yes")
    assert refusal.value.reason is Reason.INVALID_DATA


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("all", Rule(Mode.ALL)),
        ("any", Rule(Mode.ANY)),
        ("veto", Rule(Mode.VETO)),
        ("share:0.67", Rule(Mode.SHARE, Decimal("0.67"))),
        ("share:1", Rule(Mode.SHARE, Decimal(1))),
        ("share", None),
        ("share:0", None),
        ("share:1.5", None),
        ("share:2", None),
        ("most", None),
        ("", None),
    ],
)
def test_a_rule_is_read_or_it_is_none(text: str, rule: Rule | None) -> None:
    assert Rule.parse(text) == rule


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b'zx:countersign="all"', b'zx:countersign="most"', "all, any, veto or a share"),
        (b'zx:approved="sign.decision = &quot;yes&quot;"', b"", "zx:approved to say when a vote is positive"),
        (b"zx:separateFrom", b'zx:document="plan:write" zx:separateFrom', "no zx:document"),
        (
            b"></bpmn:multiInstanceLoopCharacteristics>",
            b"><bpmn:completionCondition>true</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>",
            "no completionCondition",
        ),
    ],
    ids=["an unknown rule", "no word for a positive vote", "a document", "two conditions"],
)
def test_what_is_wrong_with_a_countersignature_is_found(before: bytes, after: bytes, said: str) -> None:
    draft = {"procedure.toml": MANIFEST.encode(), "processes/p.bpmn": model("all")}

    def told(found: dict[str, bytes]) -> list[str]:
        return [one.text.en for one in check(found) if one.element == "sign"]

    assert not any("countersign" in text or "vote" in text for text in told(draft))
    assert before in draft["processes/p.bpmn"]
    mistaken = {**draft, "processes/p.bpmn": draft["processes/p.bpmn"].replace(before, after, 1)}
    assert any(said in text for text in told(mistaken))
