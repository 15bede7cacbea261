"""Figures for Prometheus: what is open, how jobs are served, and how requests went in this process.

Whoever asks comes from an address of `metrics_from`, or shows `metrics_token`; without either setting only this machine asks.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator
from ipaddress import ip_address, ip_network

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from jobs import health as healths
from storage import operation
from storage.submission import Store
from web import reading
from web.access import anybody
from web.settings import Settings

pages = Blueprint("metrics", __name__)
HERE = "127.0.0.0/8,::1"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
EXTENSION = "zhixing_metrics"


class Figures(Collector):
    """What the database says, asked at each scrape."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every figure once."""
        now = self.store.now()
        health = healths.of(self.store.database, now)
        with self.store.database.read() as connection:
            counts, sealed = operation.counts(connection), operation.sealed(connection)
        waited = 0.0 if health.oldest is None else (now - health.oldest).total_seconds()
        figures = {
            "tasks_open": ("Tasks that wait for somebody", counts["tasks"]),
            "incidents_open": ("Steps that cannot go on", counts["incidents"]),
            "timers": ("Timers", counts["timers"]),
            "subscriptions": ("Messages and signals that are waited for", counts["awaited"]),
            "jobs_due": ("Jobs that are due", health.due),
            "jobs_parked": ("Jobs that wait for a person", health.parked),
            "timers_due": ("Timers that are due", health.timers),
            "messages_sleeping": ("Messages without a receiver", health.sleeping),
            "messages_expired": ("Messages nobody came for", health.expired),
            "oldest_due_seconds": ("For how long the oldest due job or timer has waited", waited),
            "nodes": ("Processes that serve jobs", len(health.nodes)),
            "served": ("1 while a process serves jobs", int(health.is_served)),
            "sealed_position": ("The last position that is sealed", sealed.position),
            "unsealed": ("Entries and refusals that are not sealed yet", sealed.waiting),
        }
        for name, (text, value) in figures.items():
            yield GaugeMetricFamily(f"zhixing_{name}", text, value=value)


class Requests:
    """How requests went in this process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.counted = Counter("zhixing_requests", "Requests", ["method", "route", "status"], registry=registry)
        self.took = Histogram("zhixing_request_seconds", "Time of a request", buckets=BUCKETS, registry=registry)

    def count(self, response: Response) -> Response:
        """One more; of the address only its route is kept."""
        route, status = request.endpoint or "none", str(response.status_code)
        method = request.method if request.method in ("GET", "POST", "PUT", "PATCH", "DELETE") else "other"
        self.counted.labels(method, route, status).inc()
        if "began" in g:
            self.took.observe(time.perf_counter() - g.began)
        return response


@pages.get("/metrics")
@anybody
def scrape() -> Response:
    """The figures, for who may have them."""
    if not _may_scrape():
        abort(404)
    return Response(generate_latest(_requests().registry), content_type=CONTENT_TYPE_LATEST)


def install(app: Flask) -> None:
    """Count every request of an application."""
    begin(app)
    app.after_request(lambda response: _requests().count(response))


def begin(app: Flask) -> None:
    """Count from nothing, beside the figures of the store that the application has."""
    registry = CollectorRegistry()
    with app.app_context():
        registry.register(Figures(reading.store()))
    app.extensions[EXTENSION] = Requests(registry)


def _requests() -> Requests:
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Requests)
    return found


def _may_scrape() -> bool:
    settings = current_app.config["SETTINGS"]
    assert isinstance(settings, Settings)
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if settings.metrics_token and kind.lower() == "bearer":
        return hmac.compare_digest(given.strip().encode(), settings.metrics_token.encode())
    allowed = settings.metrics_from or ("" if settings.metrics_token else HERE)
    address = ip_address(request.remote_addr or "::")
    return any(address in ip_network(one.strip()) for one in allowed.split(",") if one.strip())
