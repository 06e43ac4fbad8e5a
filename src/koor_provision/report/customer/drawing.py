"""Where everything of a picture lies: side by side for a desk and for paper, one below the other for a telephone."""

import textwrap
from dataclasses import dataclass, field

from koor_provision.report.customer.picture import Line, Node, Picture

TITLE, LINE, PAD = 24, 17, 12
LETTER = 6.9
"""Width of a letter at the size of a line: on the wide side, since every machine has other fonts."""
GAP = 16


@dataclass(frozen=True)
class Box:
    """A node with its place; texts are wrapped to its width."""

    x: float
    y: float
    width: float
    height: float
    title: str
    look: str
    lines: tuple[Line, ...]

    @property
    def middle(self) -> float:
        """Height of its middle."""
        return self.y + self.height / 2


@dataclass(frozen=True)
class Arrow:
    """A path with a head at its end, and a label of one or more lines at a place."""

    path: str
    label: tuple[str, ...] = ()
    x: float = 0
    y: float = 0
    anchor: str = "middle"


@dataclass
class Drawing:
    """Everything, ready to be written as SVG. The frame is the server."""

    name: str
    width: float = 0
    height: float = 0
    title: str = ""
    frame: tuple[float, float, float, float] = (0, 0, 0, 0)
    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    notes: list[tuple[float, float, str]] = field(default_factory=list)


def _wrapped(text: str, width: float) -> list[str]:
    most = max(int(width / LETTER), 6)
    lines = textwrap.wrap(text, most, max_lines=3, placeholder=" …", break_long_words=True)
    return lines or [""]


def _box(node: Node, x: float, y: float, width: float) -> Box:
    room = width - 2 * PAD - 4
    lines = tuple(
        Line(part, line.reach if number == 0 else "")
        for line in node.lines
        for number, part in enumerate(_wrapped(line.text, room - (14 if line.reach else 0)))
    )
    title = textwrap.shorten(node.title, max(int(room / 7.9), 6), placeholder="…") or node.title[: int(room / 7.9)]
    return Box(x, y, width, 2 * PAD + TITLE - 6 + LINE * len(lines), title, node.look, lines)


def _moved(box: Box, y: float) -> Box:
    return Box(box.x, y, box.width, box.height, box.title, box.look, box.lines)


def wide(picture: Picture) -> Drawing:
    """Side by side: visitors, web server, PHP, what keeps data, and other servers."""
    drawing = Drawing("wide", title=picture.server)
    side, head = 26.0, 52.0
    left = 8.0
    visitors = _box(picture.visitors, left, 0, 132) if picture.visitors else None
    frame_x = left + 132 + 36 if visitors else left
    x = frame_x + side + (10 if visitors else 0)
    columns: list[list[Box]] = []
    for nodes, width, gap in (
        ([picture.web] if picture.web else [], 196, 92),
        ([picture.language] if picture.language else [], 150, 64),
        (list(picture.stores), 212, 0),
    ):
        if nodes:
            columns.append(_stack(nodes, x, head + 8, width))
            x += width + gap
    right = max((box.x + box.width for column in columns for box in column), default=x)
    right = max(right, frame_x + side + 300)
    tall = max((column[-1].y + column[-1].height for column in columns), default=head)
    middle = (head + 8 + tall) / 2
    columns = [_centred(column, middle) for column in columns]
    drawing.boxes = [box for column in columns for box in column]
    placed = [node for node in (picture.web, picture.language, *picture.stores) if node]
    named = dict(zip(map(id, placed), drawing.boxes, strict=True))
    bottom = _tools_wide(picture, drawing, frame_x + side, right, tall)
    drawing.frame = (frame_x, 8, right + side - frame_x, bottom + side - 8)
    if visitors and picture.web:
        visitors = _moved(visitors, middle - visitors.height / 2)
        drawing.boxes.append(visitors)
        web = named[id(picture.web)]
        drawing.arrows.append(_level(visitors.x + visitors.width, web.x, middle))
    if picture.web and picture.language:
        one, other = named[id(picture.web)], named[id(picture.language)]
        label = tuple(_wrapped(picture.to_language, 82))
        drawing.arrows.append(_level(one.x + one.width, other.x, middle, label))
    far = _wires_wide(picture, drawing, named, right + side)
    drawing.width, drawing.height = far + 8, bottom + side + 8
    return drawing


def _stack(nodes: list[Node], x: float, y: float, width: float) -> list[Box]:
    boxes: list[Box] = []
    for node in nodes:
        boxes.append(_box(node, x, y, width))
        y += boxes[-1].height + GAP
    return boxes


def _centred(column: list[Box], middle: float) -> list[Box]:
    height = column[-1].y + column[-1].height - column[0].y
    shift = middle - height / 2 - column[0].y
    return [_moved(box, box.y + shift) for box in column]


def _level(start: float, end: float, y: float, label: tuple[str, ...] = ()) -> Arrow:
    above = y - 9 - 15 * (len(label) - 1)
    return Arrow(f"M{start + 2:.1f} {y:.1f}H{end - 3:.1f}", label, (start + end) / 2, above)


def _tools_wide(picture: Picture, drawing: Drawing, left: float, right: float, y: float) -> float:
    if not picture.tools:
        return y
    y += 38
    drawing.notes.append((left, y, picture.tools_label))
    y += 12
    x, bottom = left, y
    for node in picture.tools:
        if x + 156 > right + 1:
            x, y = left, bottom + 12
        box = _box(node, x, y, 156)
        drawing.boxes.append(box)
        bottom = max(bottom, y + box.height)
        x += 168
    return bottom


def _wires_wide(picture: Picture, drawing: Drawing, named: dict[int, Box], edge: float) -> float:
    """From PHP to everything that keeps data, and from a driver to its server; returns where the picture ends."""
    far = edge
    source = named[id(picture.language)] if picture.language else None
    for node in picture.stores:
        box = named[id(node)]
        if source and node.look != "gone":
            start = source.x + source.width
            bend = start + 26
            drawing.arrows.append(
                Arrow(f"M{start + 2:.1f} {source.middle:.1f}H{bend:.1f}V{box.middle:.1f}H{box.x - 3:.1f}")
            )
        if node.beyond:
            other = _box(node.beyond, edge + 44, 0, 176)
            other = _moved(other, max(box.middle - other.height / 2, 8))
            drawing.boxes.append(other)
            drawing.arrows.append(Arrow(f"M{box.x + box.width + 2:.1f} {box.middle:.1f}H{other.x - 3:.1f}"))
            far = other.x + other.width
    return far


def narrow(picture: Picture) -> Drawing:
    """One below the other."""
    width, side = 340.0, 16.0
    drawing = Drawing("narrow", width=width, title=picture.server)
    y = 2.0
    if picture.visitors:
        box = _box(picture.visitors, 2, y, width - 4)
        drawing.boxes.append(box)
        y = box.height + 4
        drawing.arrows.append(Arrow(f"M{width - 60:.0f} {y:.1f}V{y + 71:.1f}"))
        y += 22
    top = y
    y += 52
    last: Box | None = None
    for node in (picture.web, picture.language):
        if node is None:
            continue
        if last:
            drawing.arrows.append(Arrow(f"M60 {y + 2:.1f}V{y + 39:.1f}", (picture.to_language,), 72, y + 25, "start"))
            y += 42
        last = _box(node, side, y, width - 2 * side)
        drawing.boxes.append(last)
        y += last.height
    wired = last if picture.language else None
    beyond: list[Node] = []
    for node in picture.stores:
        y += GAP
        box = _box(node, side + 30, y, width - 2 * side - 30)
        drawing.boxes.append(box)
        if wired and node.look != "gone":
            below = wired.y + wired.height + 2
            drawing.arrows.append(Arrow(f"M{side + 12:.1f} {below:.1f}V{box.middle:.1f}H{box.x - 3:.1f}"))
        y += box.height
        beyond += [node.beyond] if node.beyond else []
    if picture.tools:
        y += 32
        drawing.notes.append((side, y, picture.tools_label))
        for node in picture.tools:
            box = _box(node, side, y + 10, width - 2 * side)
            drawing.boxes.append(box)
            y += box.height + 10
    y += side
    drawing.frame = (2, top, width - 4, y - top)
    for node in beyond:
        drawing.arrows.append(Arrow(f"M60 {y + 2:.1f}V{y + 31:.1f}"))
        box = _box(node, 2, y + 34, width - 4)
        drawing.boxes.append(box)
        y = box.y + box.height
    drawing.height = y + 4
    return drawing
