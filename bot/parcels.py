"""Makes the files of a finished job: the one that is posted, the singles and the film; named and small enough."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import ACTIONS
from db.jobs import Job
from db.pictures import Picture
from pipeline import encode, grid
from pipeline.provenance import Provenance
from pipeline.spec import Spec
from pipeline.store import PictureStore

DEFAULT_LIMIT_BYTES = 10 * 1024 * 1024  # Discord's default for servers without boosts


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A result, ready to be posted."""

    job: Job
    spec: Spec
    file_name: str
    data: bytes
    concession: encode.Concession | None
    """What was given up so that the file fits the upload limit."""
    look_first: bool
    """An earlier attempt may have posted it already."""


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """One file of several that go out together."""

    file_name: str
    data: bytes
    smaller: bool = False
    """It has fewer pixels than the picture."""


def singles(job: Job, stored: Sequence[Picture], store: PictureStore, limit: int) -> list[Enclosure]:
    """Make a file of each picture, none over a limit in bytes; slow. Raises PictureMissing or PictureDamaged."""
    spec = Spec.from_json(job.spec)
    made = []
    for picture in stored:
        encoded = encode.single(store.read(picture.sha256), _about(job, spec), limit)
        name = encode.file_name(job.user_name, spec.prompt, job.id, encoded.extension)
        numbered = f"{picture.idx + 1}_{name}" if len(stored) > 1 else name
        made.append(Enclosure(file_name=numbered, data=encoded.data, smaller=encoded.note == "smaller"))
    return made


def film(job: Job, store: PictureStore) -> Enclosure | None:
    """Read the film of a job, if it has one. Raises PictureMissing or PictureDamaged."""
    if job.film is None:
        return None
    name = encode.file_name(job.user_name, Spec.from_json(job.spec).prompt, job.id, job.film.extension)
    return Enclosure(file_name=f"film_{name}", data=store.read(job.film.sha256))


def _about(job: Job, spec: Spec) -> Provenance:
    return Provenance(
        prompt=spec.prompt,
        parameters=job.prompt.removeprefix(spec.prompt).strip(),
        seed=spec.seed,
        model=spec.model,
        job_id=job.id,
    )


def pack(job: Job, stored: Sequence[Picture], store: PictureStore, *, look_first: bool) -> Parcel:
    """Make the file; slow, so call it in a thread. Raises PictureMissing or PictureDamaged."""
    spec = Spec.from_json(job.spec)
    about = _about(job, spec)
    limit = job.upload_limit or DEFAULT_LIMIT_BYTES
    originals = [store.read(picture.sha256) for picture in stored]
    if ACTIONS[job.action].gives == "grid":
        encoded = encode.grid(grid.compose([encode.decode(one) for one in originals]), about, limit)
    else:
        encoded = encode.single(originals[0], about, limit)
    return Parcel(
        job=job,
        spec=spec,
        file_name=encode.file_name(job.user_name, spec.prompt, job.id, encoded.extension),
        data=encoded.data,
        concession=encoded.note,
        look_first=look_first,
    )
