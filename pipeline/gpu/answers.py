"""Answers questions inside a painter, between the steps of its jobs."""

import threading
from collections.abc import Callable

from pipeline import encode
from pipeline.gpu.baton import Baton, Turn
from pipeline.gpu.describe import Describer, load_describer
from pipeline.gpu.load import Model
from pipeline.gpu.weigh import weigh
from pipeline.questions import Answer, CannotAnswer, Describe, Description, Question
from pipeline.setup import Setup
from pipeline.store import PictureStore

_URGENCY = 3
"""Above every job: an answer takes less time than a step of a large model."""


class Answers:
    """Finds answers; loads what describes pictures when it is first asked for."""

    def __init__(self, setup: Setup, store: PictureStore, baton: Baton, default: Callable[[], Model]) -> None:
        """`default` brings the default model onto the device; called only while the baton is held."""
        self._setup = setup
        self._store = store
        self._baton = baton
        self._default = default
        self._describer: Describer | None = None
        self._loading = threading.Lock()

    def answer(self, question: Question, device: str) -> Answer:
        """Answer in turn with the jobs. Raises CannotAnswer, PictureMissing, PictureDamaged, CannotLoad, Stopped."""
        if isinstance(question, Describe):
            return self._describe(question, device)
        with self._baton.held(Turn(urgency=_URGENCY, model=self._setup.default)):
            return weigh(self._default(), question.prompt)

    def _describe(self, question: Describe, device: str) -> Description:
        if not self._setup.describer:
            raise CannotAnswer("no_model", "EASEL_DESCRIBER names nothing that describes pictures.")
        picture = encode.decode(self._store.read(question.sha256))
        with self._loading:  # no job waits for this: it may have to be fetched
            if self._describer is None:
                offline = self._setup.wishes.offline
                self._describer = load_describer(self._setup.describer, offline=offline, device=device)
        with self._baton.held(Turn(urgency=_URGENCY)):
            prompts = self._describer.describe(picture, question.count)
        if not prompts:
            raise CannotAnswer("failed", "The model found no words.")
        return Description(prompts=prompts)
