"""One engine of each kind for the whole suite, since a real painter takes seconds to start."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.contract.bench import Bench
from tests.contract.engines import ENGINES


@pytest_asyncio.fixture(scope="package", loop_scope="package", params=list(ENGINES))
async def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    folder = tmp_path_factory.mktemp(request.param)
    async with ENGINES[request.param](folder) as opened:
        yield opened
