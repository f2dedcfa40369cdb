"""`/metrics` for Prometheus, where `VOICE_METRICS` asks for it. The proxy lets nobody outside to it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import import_module
from time import perf_counter
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from voice.errors import StoreError
from voice.service.runtime import metrics
from voice.store import Store
from voice.store.deadlines import REQUEST_SECONDS, within
from voice.store.gauges import GAUGES, samples
from voice.web.slots import DatabaseSlots


def serve_metrics(app: Flask, store: Store, clock: Callable[[], datetime], slots: DatabaseSlots) -> None:
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

    multiprocess: Any = import_module("prometheus_client.multiprocess")

    def begin() -> None:
        g.began = perf_counter()

    # Before all that may refuse: what is refused took its time, too.
    app.before_request_funcs.setdefault(None, []).insert(0, begin)

    @app.after_request
    def answered(response: Response) -> Response:
        # A path that is no route has no name here: whoever guesses paths makes no new series.
        name = request.url_rule.rule if request.url_rule else "none"
        metrics.answered(name, response.status_code, perf_counter() - g.began)
        return response

    @app.get("/metrics")
    def told() -> Response:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
        registry.register(_Line(store, clock, slots))
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Line:
    """The line at this moment, as its database knows it; that it does not answer is a number, too."""

    def __init__(self, store: Store, clock: Callable[[], datetime], slots: DatabaseSlots) -> None:
        self._store, self._clock, self._slots = store, clock, slots

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        try:
            with within(REQUEST_SECONDS), self._slots.slot():
                found = samples(self._store.source, self._clock())
        except (SQLAlchemyError, StoreError):
            found = None
        yield GaugeMetricFamily("voice_database_up", "Whether the database answers.", float(found is not None))
        for name, (about, label) in GAUGES.items():
            family = GaugeMetricFamily(name, about, labels=(label,) if label else ())
            for which, labels, value in found or ():
                if which == name:
                    family.add_metric(labels, value)
            yield family
