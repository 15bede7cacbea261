"""Threads and processes race for tasks: one wins, the others learn who; on both databases."""

import threading
from collections import Counter
from multiprocessing import get_context
from queue import SimpleQueue
from random import Random

import pytest

from engine.words import Status
from storage import people, verification
from storage.database import Database
from storage.rebuild import rebuild
from storage.submission import Store
from tests.engine.flow.drawing import gateway, node, path
from tests.engine.world import lane
from tests.storage.company import Company
from tests.storage.driver import race

THREADS, PROCESSES, BRANCHES = 8, 4, 6
KEYS = [f"t{n}" for n in range(BRANCHES)]
WIDE = (
    '<bpmn:startEvent id="s"/>'
    + gateway("parallel", "fork")
    + "".join(node("userTask", key) for key in KEYS)
    + gateway("parallel", "join")
    + node("userTask", "last")
    + '<bpmn:endEvent id="e"/>'
    + path("s", "fork")
    + "".join(path("fork", key, "join") for key in KEYS)
    + path("join", "last", "e")
)
LANES = f'<bpmn:laneSet id="ls">{lane("SALES", "s", "fork", *KEYS, "join", "last", "e")}</bpmn:laneSet>'

processes = get_context("forkserver")
processes.set_forkserver_preload(["tests.storage.driver"])


@pytest.fixture
def company(database: Database) -> Company:
    return Company(database, WIDE, LANES)


def everybody(company: Company, orders: list[list[str]]) -> list[tuple[str, str, str]]:
    """In each of 8 threads and 4 processes somebody else completes tasks in an order of their own; who got which answer."""
    url = company.database.url.render_as_string(hide_password=False)
    who = [people.add(company.store, f"r{n}", f"r{n}", f"r{n}", ["SALES"]).id for n in range(PROCESSES + THREADS)]
    barrier, answers = processes.Barrier(PROCESSES + 1), processes.SimpleQueue()
    others = [
        processes.Process(target=race, args=(url, barrier, answers, who[n], orders[n], who[n]))
        for n in range(PROCESSES)
    ]
    for process in others:
        process.start()
    told: SimpleQueue[tuple[str, str, str]] = SimpleQueue()
    start = threading.Barrier(THREADS + 1)
    stores = [
        Store(company.database) for _ in range(2)
    ]  # threads of one process share a store, and two processes do not
    threads = [
        threading.Thread(
            target=race,
            args=(url, start, told, who[PROCESSES + n], orders[PROCESSES + n], who[PROCESSES + n]),
            kwargs={"store": stores[n % 2]},
        )
        for n in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    barrier.wait()
    start.wait()
    found = [answers.get() for _ in range(sum(map(len, orders[:PROCESSES])))]
    for worker in (*threads, *others):
        worker.join(60)
    while not told.empty():
        found.append(told.get())
    return found


def whole(company: Company, stream: int) -> None:
    """The instance goes on to its end and proves itself."""
    fresh = Company.again(company)
    fresh.complete(stream, fresh.task(stream, "last"), "wang")
    assert fresh.instance(stream).status is Status.COMPLETED
    assert verification.verify(fresh.store).findings == []
    assert rebuild(fresh.store, windows=True).differences == []


def test_one_of_threads_and_processes_completes_a_task_and_the_others_learn_who(company: Company) -> None:
    stream = company.start()
    first, *rest = sorted(company.instance(stream).tasks)
    found = everybody(company, [[first]] * (PROCESSES + THREADS))
    told = Counter(answer for _, _, answer in found)
    (winner,) = [who for who, _, answer in found if answer == "won"]
    assert told == {"won": 1, f"task {first} was already completed by {winner}": PROCESSES + THREADS - 1}
    for task in rest:
        company.complete(stream, task, "wang")
    whole(company, stream)


def test_all_race_for_all_tasks_of_one_instance_and_each_has_one_winner(company: Company) -> None:
    stream = company.start()
    tasks = sorted(company.instance(stream).tasks)
    random = Random(3)
    orders = [random.sample(tasks, len(tasks)) for _ in range(PROCESSES + THREADS)]
    found = everybody(company, orders)
    assert len(found) == (PROCESSES + THREADS) * BRANCHES
    assert Counter(task for _, task, answer in found if answer == "won") == dict.fromkeys(tasks, 1)
    winners = {task: who for who, task, answer in found if answer == "won"}
    lost = {answer for _, task, answer in found if answer != "won"}
    assert lost == {f"task {task} was already completed by {winners[task]}" for task in tasks}
    whole(company, stream)
