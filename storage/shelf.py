"""Large values of a stream, stored once by digest; implements `engine.record.Shelf` within one transaction."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from engine import encoding
from engine.record import LARGE
from engine.value import Context, Value
from storage.schema import large_value

KEPT = 256
POSSIBLY_LARGE = (Context, tuple, str)


class Recent:
    """A few values by digest and digests by value; values are immutable, so all may share them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._values: OrderedDict[tuple[int, str], Value] = OrderedDict()
        self._digests: dict[tuple[int, int], str] = {}

    def remember(self, stream: int, digest: str, value: Value) -> None:
        """Keep a value of a stream while it is among the newest."""
        with self._lock:
            before = self._values.get((stream, digest))
            if before is not None:
                self._digests.pop((stream, id(before)), None)  # its id may soon be another value's
            self._values[stream, digest] = value
            self._values.move_to_end((stream, digest))
            self._digests[stream, id(value)] = digest
            while len(self._values) > KEPT:
                (owner, _), gone = self._values.popitem(last=False)
                self._digests.pop((owner, id(gone)), None)

    def value(self, stream: int, digest: str) -> Value:
        """The value of a digest, or None."""
        with self._lock:
            return self._values.get((stream, digest))

    def digest(self, stream: int, value: Value) -> str | None:
        """The digest under which exactly this object is kept for the stream."""
        with self._lock:
            found = self._digests.get((stream, id(value)))
            return found if found is not None and self._values.get((stream, found)) is value else None


class StreamShelf:
    """The large values of one stream; what is new is shared with others only when it is committed."""

    def __init__(self, connection: Connection, stream: int, recent: Recent) -> None:
        self.connection, self.stream, self.recent = connection, stream, recent
        self.new: dict[str, Value] = {}

    def is_large(self, value: Value) -> bool:
        """The value's encoding is longer than 4,096 bytes."""
        if not isinstance(value, POSSIBLY_LARGE) or (isinstance(value, str) and len(value) * 6 <= LARGE):
            return False
        return self.recent.digest(self.stream, value) is not None or len(encoding.encode(value)) > LARGE

    def put(self, value: Value) -> str:
        """Keep a value; written with `flush`."""
        digest = self.recent.digest(self.stream, value)
        if digest is None:
            digest = encoding.digest(value)
            self.new[digest] = value
        return digest

    def get(self, digest: str) -> Value:
        """The value of a digest. Raises KeyError when it was erased."""
        found = self.new.get(digest) or self.recent.value(self.stream, digest)
        if found is None:
            query = select(large_value.c.content).where(
                large_value.c.stream_no == self.stream, large_value.c.digest == digest
            )
            content = self.connection.execute(query).scalar_one_or_none()
            if content is None:
                raise KeyError(digest)
            found = encoding.decode(content)
            self.recent.remember(self.stream, digest, found)
        return found

    def flush(self) -> None:
        """Write what is new."""
        if not self.new:
            return
        insert = sqlite.insert if self.connection.dialect.name == "sqlite" else postgresql.insert
        rows = [{"stream_no": self.stream, "digest": d, "content": encoding.encode(v)} for d, v in self.new.items()]
        self.connection.execute(insert(large_value).on_conflict_do_nothing(), rows)

    def committed(self) -> None:
        """What was new may be shared."""
        for digest, value in self.new.items():
            self.recent.remember(self.stream, digest, value)
        self.new.clear()
