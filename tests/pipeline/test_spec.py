import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.events import Failed, FailureKind
from pipeline.spec import Source, Spec

texts = st.text(max_size=60)
specs = st.builds(
    Spec,
    verb=st.sampled_from(["draw", "vary", "upscale"]),
    model=texts,
    prompt=texts,
    negative=texts,
    width_px=st.integers(8, 4096),
    height_px=st.integers(8, 4096),
    steps=st.integers(1, 100),
    guidance=st.floats(0, 30),
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 4),
    chaos=st.integers(0, 100),
    stop=st.integers(10, 100),
    source=st.none() | st.builds(Source, sha256=st.just("a" * 64), strength=st.floats(0, 1)),
    upscaler=st.none() | texts,
    scale=st.integers(1, 4),
)
PLAIN = Spec(model="doodle", prompt="a fox", width_px=64, height_px=64, steps=4, guidance=1.0, seed=1)


@given(specs)
def test_a_spec_comes_back_from_the_database_as_it_went_in(spec: Spec) -> None:
    assert Spec.from_json(spec.to_json()) == spec


def test_equal_specs_have_equal_texts_whatever_the_order_of_their_fields() -> None:
    fields = dataclasses.asdict(PLAIN)
    shuffled = Spec(**dict(reversed(fields.items())))

    assert shuffled.to_json() == PLAIN.to_json()


def test_a_spec_of_a_newer_version_is_noticed() -> None:
    fields = json.loads(PLAIN.to_json()) | {"sparkle": 3}

    with pytest.raises(TypeError, match="sparkle"):
        Spec.from_json(json.dumps(fields))


def test_a_spec_is_changed_only_by_making_another() -> None:
    other = PLAIN.evolve(seed=2)

    assert (PLAIN.seed, other.seed) == (1, 2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        PLAIN.seed = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("kind", "again"),
    [
        ("oom", True),
        ("worker_lost", True),
        ("bad_params", False),
        ("moderated", False),
        ("model", False),
        ("internal", False),
    ],
)
def test_only_failures_of_circumstance_are_tried_again(kind: FailureKind, again: bool) -> None:
    assert Failed(kind=kind, detail="").retryable is again
