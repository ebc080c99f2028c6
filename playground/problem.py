"""Refusals in Discord's own shape: an HTTP status, a numbered code and a sentence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from playground.snowflake import Json


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """One thing that is wrong with a body: where (keys and indexes), and a sentence."""

    at: tuple[str | int, ...]
    message: str
    code: str = "PLAYGROUND_INVALID"

    def __str__(self) -> str:
        return f"/{'/'.join(map(str, self.at))}: {self.message}"


class Problem(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, code: int, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.body: Json = {"message": message, "code": code}

    @property
    def code(self) -> int:
        return int(self.body["code"])


def invalid(wrongs: Iterable[Wrong]) -> Problem:
    """400/50035 with every fault at its place in the nested `errors` object."""
    problem = Problem(400, 50035, "Invalid Form Body")
    tree: Json = {}
    for wrong in wrongs:
        node = tree
        for key in wrong.at:
            node = node.setdefault(str(key), {})
        node.setdefault("_errors", []).append({"code": wrong.code, "message": wrong.message})
    problem.body["errors"] = tree
    return problem


def refuse(at: str, message: str) -> Problem:
    """400/50035 about a single field; `at` is a path such as "data/options/0"."""
    return invalid([Wrong(at=tuple(at.split("/")), message=message)])


def unauthorized() -> Problem:
    return Problem(401, 0, "401: Unauthorized")


def missing_access() -> Problem:
    return Problem(403, 50001, "Missing Access")


def missing_permissions() -> Problem:
    return Problem(403, 50013, "Missing Permissions")


def unknown_channel() -> Problem:
    return Problem(404, 10003, "Unknown Channel")


def unknown_guild() -> Problem:
    return Problem(404, 10004, "Unknown Guild")


def unknown_member() -> Problem:
    return Problem(404, 10007, "Unknown Member")


def unknown_message() -> Problem:
    return Problem(404, 10008, "Unknown Message")


def unknown_user() -> Problem:
    return Problem(404, 10013, "Unknown User")


def unknown_webhook() -> Problem:
    return Problem(404, 10015, "Unknown Webhook")


def unknown_interaction() -> Problem:
    return Problem(404, 10062, "Unknown interaction")


def unknown_command() -> Problem:
    return Problem(404, 10063, "Unknown application command")


def already_acknowledged() -> Problem:
    return Problem(400, 40060, "Interaction has already been acknowledged.")


def dead_token() -> Problem:
    return Problem(401, 50027, "Invalid Webhook Token")


def absent(what: str) -> Problem:
    """501: Discord has it, the playground has not."""
    return Problem(501, 0, f"The playground does not have {what} yet.")
