"""Questions and answers as frames between the bot and a painter."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pipeline.questions import Answer, CannotAnswer, Describe, Description, Question, Weigh, Weight, Weights
from pipeline.wire import Frame, WireError

ASK, ANSWER = "ask", "answer"
_QUESTIONS: Mapping[str, type[Question]] = {"describe": Describe, "weigh": Weigh}


def question_frame(number: int, question: Question) -> Frame:
    """Carry a question to a painter; `number` is how its answer is known again."""
    about = next(name for name, kind in _QUESTIONS.items() if isinstance(question, kind))
    return Frame(kind=ASK, body={"number": number, "about": about, "question": asdict(question)})


def frame_question(frame: Frame) -> tuple[int, Question]:
    """Read a question. Raises WireError."""
    try:
        return int(frame.body["number"]), _QUESTIONS[frame.body["about"]](**frame.body["question"])
    except (TypeError, ValueError, KeyError) as fault:
        raise WireError("A question that this version cannot read.") from fault


def answer_frame(number: int, answer: Answer | CannotAnswer) -> Frame:
    """Carry an answer, or why there is none, to the bot."""
    body: dict[str, Any]
    match answer:
        case CannotAnswer():
            body = {"cannot": answer.kind, "detail": str(answer)}
        case Description():
            body = {"prompts": list(answer.prompts)}
        case Weights():
            body = {"words": [[each.word, each.weight] for each in answer.words]}
    return Frame(kind=ANSWER, body={"number": number, **body})


def frame_answer(frame: Frame) -> tuple[int, Answer | CannotAnswer]:
    """Read an answer. Raises WireError."""
    try:
        number, body = int(frame.body["number"]), frame.body
        if "cannot" in body:
            return number, CannotAnswer(str(body["cannot"]), str(body["detail"]))
        if "prompts" in body:
            return number, Description(prompts=tuple(map(str, body["prompts"])))
        words = tuple(Weight(word=str(word), weight=float(weight)) for word, weight in body["words"])
        return number, Weights(words=words)
    except (TypeError, ValueError, KeyError) as fault:
        raise WireError("An answer that this version cannot read.") from fault
