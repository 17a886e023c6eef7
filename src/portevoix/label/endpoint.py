"""Any endpoint that speaks as OpenAI's chat completions: one scrubbed comment a call, an answer held to a schema.

Words leave the house through this file alone, and only to the address that the settings name. What a comment says is data:
whatever it asks for, the answer is taken for labels of the schema or set aside, and evidence that the comment doesn't hold is
dropped. What was answered is remembered on disk (settings: `cache`) under a keyed digest, as labels and places: no words.
"""

import hashlib
import http.client
import json
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from urllib.parse import urlsplit

import numpy as np

from portevoix.errors import PortevoixError, WrongUse
from portevoix.label import answers
from portevoix.label.cache import Cache
from portevoix.label.engines import Over
from portevoix.label.found import KINDS, Finds
from portevoix.label.reader import load as default
from portevoix.settings import Endpoint, Settings

_TRIES, _AT_ONCE, _LARGEST, _PATIENCE = 3, 4, 1 << 20, 20.0
_LATER = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


def load(settings: Settings) -> Over:
    """The default labeller with all heads but the language read by the endpoint that the settings name.

    Raises WrongUse where they name none.
    """
    if settings.endpoint is None:
        raise WrongUse(
            "No endpoint is named: words leave this machine only where portevoix.toml has a table [endpoint] with url and model."
        )
    return Over(default(), Asking(settings.endpoint))


load.one_process = True  # type: ignore[attr-defined] # its budget is counted in one place


class Asking:
    """The endpoint as an engine; comments that it does not read (budget spent, answer out of schema) keep other labels.

    `counts`: calls, tokens, remembered, beyond the budget, answers out of the schema, evidence dropped.
    """

    kinds = frozenset(KINDS) - {"lang"}

    def __init__(self, settings: Endpoint) -> None:
        self._settings, self._key = settings, settings.key()
        self.counts: Counter[str] = Counter()
        self._spent: Counter[str] = Counter()
        self._lock = Lock()
        self.digest = hashlib.sha256(
            json.dumps([settings.url, settings.model, answers.SYSTEM, answers.SCHEMA]).encode()
        ).hexdigest()
        self.name = f"{settings.model}@{self.digest[:8]}"
        self._cache = Cache(settings.cache, self.digest)

    def labels(self, texts: Sequence[str]) -> tuple[Finds, Sequence[int]]:
        """Labels of the texts that were read, some at a time. Raises PortevoixError where the endpoint refuses or is silent."""
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            said = list(threads.map(self._one, texts))
        finds, read = Finds(), []
        for at, opinions in enumerate(said):
            if opinions is None:
                continue
            read.append(at)
            for one in opinions:
                spans = [
                    np.nan if number is None else number for number in (one.polarity, one.start, one.stop)
                ]
                finds.add(np.array([at]), KINDS.index(one.kind), [one.value], one.confidence, *spans)
        return finds, read

    def _one(self, text: str) -> Sequence[answers.Opinion] | None:
        """The opinions on a text: remembered, or asked for; None where there is no answer of the schema."""
        known = self._cache.get(text)
        if known is not None:
            self._count(remembered=1)
            return known
        for _ in range(2):  # an answer out of the schema is asked for once more
            if not self._may_call():
                self._count(**{"beyond the budget": 1})
                return None
            try:
                opinions, dropped = answers.opinions(self._ask(text), text)
            except answers.OutOfSchemaError:
                continue
            self._count(**{"evidence dropped": dropped})
            self._cache.put(text, opinions)
            return opinions
        self._count(**{"answers out of the schema": 1})
        return None

    def _may_call(self) -> bool:
        with self._lock:
            left = (
                self._spent["calls"] < self._settings.calls and self._spent["tokens"] < self._settings.tokens
            )
            self._spent["calls"] += left
            return left

    def _count(self, **more: int) -> None:
        with self._lock:
            self.counts.update({name: n for name, n in more.items() if n})

    def _ask(self, text: str) -> str:
        """What the endpoint answers about a text."""
        body = json.dumps(
            {
                "model": self._settings.model,
                "temperature": 0,
                "max_tokens": 1_000,
                "messages": [
                    {"role": "system", "content": answers.SYSTEM},
                    {"role": "user", "content": json.dumps({"comment": text[: answers.LONGEST]})},
                ],
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "labels", "strict": True, "schema": answers.SCHEMA},
                },
            }
        ).encode()
        answer = self._called(body)
        try:
            told = json.loads(answer)
            content = told["choices"][0]["message"]["content"]
            used = told.get("usage", {}).get("total_tokens")
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise answers.OutOfSchemaError from error
        finally:
            self._count(calls=1)
        used = used if type(used) is int and used >= 0 else (len(body) + len(answer)) // 3
        with self._lock:
            self._spent["tokens"] += used
        self._count(tokens=used)
        if not isinstance(content, str):
            raise answers.OutOfSchemaError
        return content

    def _called(self, body: bytes) -> bytes:
        """One request, tried again where the endpoint says later or is silent; messages never hold what was sent."""
        host = urlsplit(self._settings.url).netloc
        for attempt in range(_TRIES):
            last = attempt == _TRIES - 1
            try:
                status, wait, answer = self._request(body)
            except (OSError, http.client.HTTPException) as error:
                if last:
                    raise PortevoixError(
                        f"The endpoint {host} does not answer ({type(error).__name__}): try again, what was read is kept."
                    ) from None
                time.sleep(0.5 * 2**attempt)
                continue
            if status == 200:
                return answer
            if status not in _LATER or last:
                raise PortevoixError(
                    f"The endpoint {host} refuses with status {status}{_MEANS.get(status, '.')}"
                )
            time.sleep(min(_PATIENCE, wait if wait is not None else 0.5 * 2**attempt))
        raise AssertionError

    def _request(self, body: bytes) -> tuple[int, float | None, bytes]:
        url = urlsplit(self._settings.url)
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(url.hostname or "", url.port, timeout=self._settings.timeout)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key is not None:
            headers["Authorization"] = f"Bearer {self._key}"
        try:
            connection.request("POST", url.path.rstrip("/") + "/chat/completions", body, headers)
            answer = connection.getresponse()
            content = answer.read(_LARGEST + 1)
            if len(content) > _LARGEST:
                content = b""  # no answer of the schema is that long
            after = answer.headers.get("Retry-After", "")
            return answer.status, float(after) if after.isdigit() else None, content
        finally:
            connection.close()


_MEANS = {
    400: ": it may not know response_format with a JSON schema, or the model.",
    401: ": look at the key that key_env or key_file names.",
    403: ": look at the key that key_env or key_file names.",
    404: ": look at the url (it ends before /chat/completions) and at the model.",
    429: ": it wants fewer calls; try again later, what was read is kept.",
}
