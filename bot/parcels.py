"""Makes the one file of a finished job that is posted: grid or single picture, named and small enough."""

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


def pack(job: Job, stored: Sequence[Picture], store: PictureStore, *, look_first: bool) -> Parcel:
    """Make the file; slow, so call it in a thread. Raises PictureMissing or PictureDamaged."""
    spec = Spec.from_json(job.spec)
    about = Provenance(
        prompt=spec.prompt,
        parameters=job.prompt.removeprefix(spec.prompt).strip(),
        seed=spec.seed,
        model=spec.model,
        job_id=job.id,
    )
    limit = job.upload_limit or DEFAULT_LIMIT_BYTES
    singles = [store.read(picture.sha256) for picture in stored]
    if ACTIONS[job.action].gives == "grid":
        encoded = encode.grid(grid.compose([encode.decode(single) for single in singles]), about, limit)
    else:
        encoded = encode.single(singles[0], about, limit)
    return Parcel(
        job=job,
        spec=spec,
        file_name=encode.file_name(job.user_name, spec.prompt, job.id, encoded.extension),
        data=encoded.data,
        concession=encoded.note,
        look_first=look_first,
    )
