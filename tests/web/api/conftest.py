"""The demonstration's database, as for pages."""

from tests.web.pages.conftest import building, cheap_hashes, furnished, house

__all__ = ["building", "cheap_hashes", "furnished", "house"]
