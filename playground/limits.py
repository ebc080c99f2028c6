"""Rate limits as Discord shows them: buckets per route and first id, and 50 requests a second in all."""

import hashlib
import time
from collections import deque

from playground.problem import Problem
from playground.settings import Bucket

GLOBAL = Bucket(limit=50, per_s=1.0)


class Window:
    """The moments of the last requests of one kind."""

    def __init__(self) -> None:
        self._moments: deque[float] = deque()

    def take(self, bucket: Bucket) -> float | None:
        """Count a request; when there were too many, the seconds until the next may come."""
        now = time.monotonic()
        while self._moments and now - self._moments[0] >= bucket.per_s:
            self._moments.popleft()
        if len(self._moments) >= bucket.limit:
            return self._moments[0] + bucket.per_s - now
        self._moments.append(now)
        return None

    def left(self, bucket: Bucket) -> int:
        return max(0, bucket.limit - len(self._moments))

    def reset_after_s(self, bucket: Bucket) -> float:
        return max(0.0, self._moments[0] + bucket.per_s - time.monotonic()) if self._moments else 0.0


class Limits:
    """All windows. Without a bucket nothing is limited and no headers are sent."""

    def __init__(self, bucket: Bucket | None) -> None:
        self.bucket = bucket
        self._windows: dict[tuple[str, str], Window] = {}
        self._all = Window()

    def check_all(self) -> None:
        """The global limit; raises Problem 429. Interactions and their webhooks do not count."""
        if self.bucket is None:
            return
        wait_s = self._all.take(GLOBAL)
        if wait_s is not None:
            raise limited(wait_s, {"X-RateLimit-Scope": "global", "X-RateLimit-Global": "true"}, everywhere=True)

    def take(self, name: str, major: str) -> dict[str, str]:
        """Count a request against its bucket; returns the headers to send. Raises Problem 429."""
        if self.bucket is None:
            return {}
        window = self._windows.setdefault((name, major), Window())
        wait_s = window.take(self.bucket)
        reset_s = window.reset_after_s(self.bucket)
        headers = {
            "X-RateLimit-Limit": str(self.bucket.limit),
            "X-RateLimit-Remaining": str(window.left(self.bucket)),
            "X-RateLimit-Reset": f"{time.time() + reset_s:.3f}",
            "X-RateLimit-Reset-After": f"{reset_s:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(name.encode()).hexdigest()[:32],
        }
        if wait_s is not None:
            raise limited(wait_s, headers | {"X-RateLimit-Scope": "user"}, everywhere=False)
        return headers


def limited(wait_s: float, headers: dict[str, str], *, everywhere: bool) -> Problem:
    """429. Without a Via header discord.py takes it for a ban by the network in front of Discord, and gives up."""
    sent = {**headers, "Via": "1.1 playground", "Retry-After": str(int(wait_s) + 1)}
    problem = Problem(429, 0, "You are being rate limited.", headers=sent)
    problem.body = {"message": "You are being rate limited.", "retry_after": round(wait_s, 3), "global": everywhere}
    return problem
