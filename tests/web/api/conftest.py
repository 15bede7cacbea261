"""The demonstration's database, as for pages."""

from tests.web.pages.conftest import cheap_hashes, furnished, house

__all__ = ["cheap_hashes", "furnished", "house"]
