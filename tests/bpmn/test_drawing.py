"""The diagrams as they are drawn: one page, lanes that tile the pool, flows that touch what they join and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

import pytest
from lxml import etree

from tests.bpmn.shipped import BPMN

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"
HEADER = 30
CHARACTER = 12
"""The width of a Chinese character in a label, in the units of the drawing."""
A3 = 420 / 297
CLEAR = 10
"""How far apart shapes, and parallel flows, stand at least."""

BACK = {
    *("F08", "F14", "F18", "F24", "F26"),
    *("F2_10", "F2_13", "F2_19"),
    *("F3_08", "F3_11", "F3_15", "F3_18", "F3_25"),
    *("F0_22", "F0_32", "F0_44", "F0_47"),
}
"""What leads back: returns, waiting again, and what ends on the left."""

Point = tuple[float, float]
Segment = tuple[Point, Point]


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of the right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of the lower side."""
        return self.y + self.height

    def meets(self, other: Box, clear: float = 0) -> bool:
        """The two overlap, or come closer than `clear`."""
        beside = self.right + clear <= other.x or other.right + clear <= self.x
        above = self.bottom + clear <= other.y or other.bottom + clear <= self.y
        return not (beside or above)

    def holds(self, other: Box, margin: float = 0) -> bool:
        """The other lies inside, `margin` away from the sides."""
        wide = self.x + margin <= other.x and other.right <= self.right - margin
        return wide and self.y + margin <= other.y and other.bottom <= self.bottom - margin

    def crossed_by(self, segment: Segment) -> bool:
        """The segment runs through the inside; touching a side does not count. Segments are level or upright."""
        (x1, y1), (x2, y2) = segment
        low_x, high_x, low_y, high_y = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
        return low_x < self.right and high_x > self.x and low_y < self.bottom and high_y > self.y


@dataclass(frozen=True)
class Drawing:
    """Shapes, labels and flows by the id of the element; `frames` are sub-processes with what lies in them, `borders` the
    activities that events are attached to."""

    pool: Box
    lanes: dict[str, Box]
    members: dict[str, str]
    nodes: dict[str, Box]
    notes: dict[str, Box]
    labels: dict[str, Box]
    names: dict[str, str]
    flows: dict[str, tuple[str, str]]
    edges: dict[str, list[Point]]
    round: frozenset[str]
    diamonds: frozenset[str]
    frames: dict[str, frozenset[str]]
    borders: dict[str, str]

    def segments(self) -> Iterator[tuple[str, Segment]]:
        """Every piece of every flow."""
        for flow, points in self.edges.items():
            for segment in pairwise(points):
                yield flow, segment


@pytest.fixture(scope="module")
def page(drawing: etree._Element) -> Drawing:
    """The diagram, read."""
    boxes, labels, edges = {}, {}, {}
    for shape in [*drawing.iter(f"{DI}BPMNShape"), *drawing.iter(f"{DI}BPMNEdge")]:
        key = str(shape.get("bpmnElement"))
        if (bounds := shape.find(f"{DC}Bounds")) is not None:
            boxes[key] = _box(bounds)
        if (bounds := shape.find(f"{DI}BPMNLabel/{DC}Bounds")) is not None:
            labels[key] = _box(bounds)
        if points := [(float(p.get("x")), float(p.get("y"))) for p in shape.iterchildren(f"{DD}waypoint")]:
            edges[key] = points
    lanes = [str(lane.get("id")) for lane in drawing.iter(f"{BPMN}lane")]
    members = {str(ref.text): str(ref.getparent().get("id")) for ref in drawing.iter(f"{BPMN}flowNodeRef")}
    elements = {str(node.get("id")): node for node in drawing.iter() if node.get("id")}
    notes = [str(note.get("id")) for note in drawing.iter(f"{BPMN}textAnnotation")]
    flows = {f.get("id"): (f.get("sourceRef"), f.get("targetRef")) for f in drawing.iter(f"{BPMN}sequenceFlow")}
    frames = {key: _within(elements[key]) for key in members if str(elements[key].tag) == f"{BPMN}subProcess"}
    inner = {key: members[frame] for frame, keys in frames.items() for key in keys}
    members |= inner
    (pool,) = (str(found.get("id")) for found in drawing.iter(f"{BPMN}participant"))
    return Drawing(
        pool=boxes[pool],
        lanes={key: boxes[key] for key in lanes},
        members=members,
        nodes={key: boxes[key] for key in members},
        notes={key: boxes[key] for key in notes},
        labels=labels,
        names={key: str(node.get("name")) for key, node in elements.items() if node.get("name")},
        flows=flows,
        edges=edges,
        round=frozenset(key for key in members if str(elements[key].tag).endswith("Event")),
        diamonds=frozenset(key for key in members if str(elements[key].tag).endswith("Gateway")),
        frames=frames,
        borders={key: str(elements[key].get("attachedToRef")) for key in members if elements[key].get("attachedToRef")},
    )


def _within(frame: etree._Element) -> frozenset[str]:
    """The flow nodes in a sub-process."""
    names = tuple(f"{BPMN}{name}" for name in ("userTask", "serviceTask"))
    nodes = (n for n in frame if n.tag in names or str(n.tag).endswith(("Event", "Gateway")))
    return frozenset(str(node.get("id")) for node in nodes)


def test_everything_is_drawn_once(page: Drawing, drawing: etree._Element) -> None:
    drawn = [str(s.get("bpmnElement")) for s in (*drawing.iter(f"{DI}BPMNShape"), *drawing.iter(f"{DI}BPMNEdge"))]
    (pool,) = (str(found.get("id")) for found in drawing.iter(f"{BPMN}participant"))
    wanted = {*page.lanes, *page.members, *page.notes, *page.flows, pool}
    assert sorted(drawn) == sorted(wanted)
    assert page.edges.keys() == page.flows.keys()


def test_the_diagram_fits_one_landscape_page(page: Drawing) -> None:
    assert A3 * 0.8 < page.pool.width / page.pool.height < A3 * 1.3
    assert page.pool.width <= 1_800  # on A3 a character of 12 units is then 2.8 mm high at least


def test_lanes_tile_the_pool_from_top_to_bottom(page: Drawing) -> None:
    top = page.pool.y
    for lane in page.lanes.values():
        assert (lane.x, lane.y, lane.right) == (page.pool.x + HEADER, top, page.pool.right)
        top = lane.bottom
    assert top == page.pool.bottom


def test_shapes_stand_inside_their_lane_and_apart(page: Drawing) -> None:
    for key, box in page.nodes.items():
        lane = page.lanes[page.members[key]]
        inside = Box(lane.x + HEADER, lane.y, lane.width - HEADER, lane.height)
        assert inside.holds(box, margin=CLEAR), key
    shapes = {**page.nodes, **page.notes}
    pairs = [(a, b) for a, b in combinations(shapes, 2) if shapes[a].meets(shapes[b], CLEAR)]
    assert [(a, b) for a, b in pairs if not _belong(page, a, b) and not _belong(page, b, a)] == []


def test_a_sub_process_holds_what_is_in_it(page: Drawing) -> None:
    for frame, inside in page.frames.items():
        assert inside
        assert [key for key in inside if not page.nodes[frame].holds(page.nodes[key], CLEAR)] == []


def test_an_event_sits_on_the_border_of_its_activity(page: Drawing) -> None:
    for key, activity in page.borders.items():
        event, box = page.nodes[key], page.nodes[activity]
        x, y = event.x + event.width / 2, event.y + event.height / 2
        on_side = x in (box.x, box.right) and box.y < y < box.bottom
        assert on_side or (y in (box.y, box.bottom) and box.x < x < box.right), key


def test_shapes_of_a_kind_have_one_size(page: Drawing) -> None:
    others = page.round | page.diamonds | page.frames.keys()
    sizes = {(box.width, box.height) for key, box in page.nodes.items() if key not in others}
    assert sizes == {(120, 80)}
    assert {(page.nodes[key].width, page.nodes[key].height) for key in page.round} == {(36, 36)}
    assert {(page.nodes[key].width, page.nodes[key].height) for key in page.diamonds} == {(50, 50)}


def test_flows_begin_and_end_on_the_border_of_what_they_join(page: Drawing) -> None:
    for flow, (source, target) in page.flows.items():
        points = page.edges[flow]
        assert _on_border(page, source, points[0]), (flow, source)
        assert _on_border(page, target, points[-1]), (flow, target)


def test_flows_are_level_or_upright(page: Drawing) -> None:
    assert [flow for flow, ((x1, y1), (x2, y2)) in page.segments() if (x1 == x2) is (y1 == y2)] == []


def test_no_flow_runs_through_a_shape_or_a_text(page: Drawing) -> None:
    obstacles = {**page.nodes, **page.notes, **{f"label of {key}": box for key, box in page.labels.items()}}
    hits = [(flow, key) for flow, piece in page.segments() for key, box in obstacles.items() if box.crossed_by(piece)]
    around = {
        (flow, frame) for flow, ends in page.flows.items() for frame in page.frames if ends[0] in page.frames[frame]
    }
    attached = {(flow, page.borders.get(source, "")) for flow, (source, _) in page.flows.items()}
    assert [hit for hit in hits if hit not in around | attached] == []


def test_flows_do_not_cross_and_share_no_way_but_out_of_one_corner(page: Drawing) -> None:
    for (one, a), (other, b) in combinations(page.segments(), 2):
        if one != other and _touch(a, b):
            assert page.edges[one][0] == page.edges[other][0], (one, other)
            assert page.edges[one][0] in (*a, *b), (one, other)


def test_labels_are_wide_enough_and_meet_nothing(page: Drawing) -> None:
    named = {key for key in (*page.round, *page.diamonds, *page.flows) if key in page.names}
    assert page.labels.keys() == named
    for key, box in page.labels.items():
        assert box.width >= CHARACTER * len(page.names[key]), key
        assert any(lane.holds(box) for lane in page.lanes.values()), key
    assert [(a, b) for a, b in combinations(page.labels, 2) if page.labels[a].meets(page.labels[b])] == []
    things = {key: box for key, box in {**page.nodes, **page.notes}.items() if key not in page.frames}
    assert [(a, b) for a, label in page.labels.items() for b, box in things.items() if label.meets(box)] == []


def test_a_label_stands_beside_what_it_names(page: Drawing) -> None:
    for key, label in page.labels.items():
        near = Box(label.x - 12, label.y - 12, label.width + 24, label.height + 24)
        if key in page.nodes:
            assert near.meets(page.nodes[key]), key
        else:
            assert any(near.crossed_by(piece) for flow, piece in page.segments() if flow == key), key


def test_work_is_read_from_left_to_right(page: Drawing) -> None:
    """Only a return, a repetition or a change of lane at the same place leads anywhere but to the right."""
    back = {flow for flow, (a, b) in page.flows.items() if page.nodes[b].right <= page.nodes[a].x}
    assert back == BACK & page.flows.keys()


def _belong(page: Drawing, outer: str, inner: str) -> bool:
    return inner in page.frames.get(outer, ()) or page.borders.get(inner) == outer


def _box(bounds: etree._Element) -> Box:
    x, y, width, height = (float(bounds.get(name, "")) for name in ("x", "y", "width", "height"))
    return Box(x, y, width, height)


def _on_border(page: Drawing, key: str, point: Point) -> bool:
    box, (x, y) = page.nodes[key], point
    if key in page.round | page.diamonds:  # in the middle of a side, where circle and diamond touch their box
        centre = (box.x + box.width / 2, box.y + box.height / 2)
        return point in {(box.x, centre[1]), (box.right, centre[1]), (centre[0], box.y), (centre[0], box.bottom)}
    on_side = x in (box.x, box.right) and box.y + CLEAR <= y <= box.bottom - CLEAR
    return on_side or (y in (box.y, box.bottom) and box.x + CLEAR <= x <= box.right - CLEAR)


def _touch(one: Segment, other: Segment) -> bool:
    """The two level or upright segments have a point in common."""
    (ax1, ay1), (ax2, ay2) = one
    (bx1, by1), (bx2, by2) = other
    wide = max(min(ax1, ax2), min(bx1, bx2)) <= min(max(ax1, ax2), max(bx1, bx2))
    return wide and max(min(ay1, ay2), min(by1, by2)) <= min(max(ay1, ay2), max(by1, by2))
