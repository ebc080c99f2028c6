"""Questions and answers between the bot and a painter, and what Doodle answers."""

import json

import pytest
from PIL import Image

from pipeline import likeness
from pipeline.dialogue import answer_frame, frame_answer, frame_question, question_frame
from pipeline.questions import Answer, CannotAnswer, Describe, Description, Question, Weigh, Weight, Weights
from pipeline.wire import Frame, WireError


@pytest.mark.parametrize("question", [Describe(sha256="ab", count=2), Weigh(prompt='a "fox"\n🦊')])
def test_a_question_arrives_as_it_was_asked(question: Question) -> None:
    frame = question_frame(3, question)

    assert frame_question(Frame(kind=frame.kind, body=json.loads(json.dumps(frame.body)))) == (3, question)


@pytest.mark.parametrize(
    "answer", [Description(prompts=("a", "b")), Weights(words=(Weight(word="a", weight=0.25),)), Weights(words=())]
)
def test_an_answer_arrives_as_it_was_given(answer: Answer) -> None:
    frame = answer_frame(4, answer)

    assert frame_answer(Frame(kind=frame.kind, body=json.loads(json.dumps(frame.body)))) == (4, answer)


def test_why_there_is_no_answer_arrives_too() -> None:
    number, answer = frame_answer(answer_frame(5, CannotAnswer("no_model", "There is none.")))

    assert isinstance(answer, CannotAnswer)
    assert (number, answer.kind, str(answer)) == (5, "no_model", "There is none.")


@pytest.mark.parametrize("body", [{}, {"number": "x", "prompts": []}, {"number": 1}, {"number": 1, "words": [1]}])
def test_what_cannot_be_read_is_said(body: dict[str, object]) -> None:
    with pytest.raises(WireError):
        frame_answer(Frame(kind="answer", body=body))
    with pytest.raises(WireError):
        frame_question(Frame(kind="ask", body=body))


def test_doodle_names_the_colours_of_a_picture() -> None:
    picture = Image.new("RGB", (90, 60), (205, 45, 40))
    picture.paste((50, 90, 190), (0, 0, 30, 60))

    first, *others = likeness.describe(picture, 4).prompts

    assert first.startswith("an abstract picture in red, blue and ")
    assert len({first, *others}) == 4


def test_doodle_heeds_colours_more_than_things_and_things_more_than_small_words() -> None:
    small, colour, thing, marked = likeness.weigh("the RED fox, (crimson)").words

    assert small.weight < thing.weight < colour.weight == marked.weight == 1.0
    assert marked.word == "(crimson)"
