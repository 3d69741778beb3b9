"""The job queue: Procrastinate on the same PostgreSQL, and the only module that knows it.

A job carries no business data, only which NAV company to settle or which pair to poll. One runs
and at most one waits per company or pair; a refused defer loses nothing, because the inbox row
that caused it is committed already.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from typing import Any

import procrastinate
import procrastinate.jobs
import procrastinate.schema
import procrastinate.sql
import procrastinate.tasks
import psycopg
import structlog
from procrastinate import exceptions
from procrastinate.jobs import Status

from tieout.core.failures import Unreachable

log = structlog.get_logger()

HEARTBEAT_S, STALLED_S = 1.0, 5.0
# Who stops gives no more signs of life, so its jobs must be over before it is taken for dead.
GRACE_S = 3.0
# What waits for another job is found at the next look; what is asked for wakes a worker at once.
LOOK_S = 2.0
SCHEMA, FIRST_TABLE = "procrastinate", "procrastinate_jobs"
Work = Callable[[int], Awaitable[None]]
Task = procrastinate.tasks.Task[..., Any, Any]
Connection = psycopg.AsyncConnection[Any]
AWAY = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.IdleInTransactionSessionTimeout,
)
# One runs and one waits of each.
LOCKED_BY = {"settle": "company", "poll": "pair"}


def queue_tables() -> str:
    """The statements that create the queue's own tables; the store runs them once."""
    return str(procrastinate.schema.SchemaManager.get_schema())


class Jobs:
    """The queues ``settle`` (by NAV company) and ``poll`` (by pair), with the work that each does."""

    def __init__(self, url: str, *, settle: Work, poll: Work) -> None:
        self._connector = procrastinate.PsycopgConnector(
            conninfo=url,
            timeout=5.0,
            min_size=1,
            max_size=4,
            kwargs={"options": _options()},
        )
        self._app = procrastinate.App(connector=self._connector)
        self._tasks = {"settle": self._task("settle", settle), "poll": self._task("poll", poll)}

    async def __aenter__(self) -> Jobs:
        await self._app.open_async()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._app.close_async()

    async def settle(self, company_id: int) -> None:
        """Ask for a company to be settled, unless that is waiting already. Raises Unreachable when the database is away, as the other two do."""
        await self._ask("settle", company_id)

    async def poll(self, pair_id: int) -> None:
        """Ask for a pair to be polled, unless that is waiting already."""
        await self._ask("poll", pair_id)

    async def work(self, concurrency: int = 4) -> None:
        """Work jobs until cancelled; then those that are running have a few seconds to end, and what is cut short is asked for anew.

        A lost database ends the inner worker; it is started again when the database is back.
        """
        while True:
            try:
                await self._app.run_worker_async(
                    queues=["settle", "poll"],
                    concurrency=concurrency,
                    install_signal_handlers=False,
                    delete_jobs="always",
                    update_heartbeat_interval=HEARTBEAT_S,
                    stalled_worker_timeout=STALLED_S,
                    fetch_job_polling_interval=LOOK_S,
                    shutdown_graceful_timeout=GRACE_S,
                )
            except (exceptions.ConnectorException, psycopg.Error, OSError) as error:
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise asyncio.CancelledError from error
                log.warning("queue_unreachable", kind=type(error.__cause__ or error).__name__)
            await asyncio.sleep(1.0)

    async def rescue(self) -> int:
        """Take over the jobs of workers that died; the number of jobs.

        A stalled job is ended and a new one is asked for. It is never retried under its own id: that
        fails while another one waits, and a worker that wakes up late would end its successor's run.
        """
        manager = self._app.job_manager
        with _reached():
            stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S)
        return sum([await self._take_over(job) for job in stalled])

    async def _take_over(self, job: procrastinate.jobs.Job) -> bool:
        """End a stalled job and ask for it anew, both or neither; False if another worker was quicker."""
        number = int(str(job.task_kwargs["number"]))
        try:
            async with self._transaction() as connection:
                await self._end(job, connection)
                await self._ask(job.task_name, number, connection)
        except exceptions.ConnectorException as error:
            if not isinstance(error.__cause__, psycopg.errors.RaiseException):
                raise
            return False
        log.warning("job_taken_over", task=job.task_name, id=number)
        return True

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Connection]:
        with _reached():
            async with self._connector.pool.connection() as connection:
                yield connection

    async def _end(self, job: procrastinate.jobs.Job, connection: Connection) -> None:
        await self._connector.execute_query_all_async_with_connection(
            connection,
            query=procrastinate.sql.queries["finish_job"],
            job_id=job.id,
            status=Status.FAILED.value,
            delete_job=True,
        )

    def _task(self, name: str, work: Work) -> Task:
        async def run(number: int) -> None:
            try:
                await work(number)
            except asyncio.CancelledError:
                with suppress(Unreachable):
                    await self._ask(name, number)
                raise

        return self._app.task(name=name, queue=name)(run)

    async def _ask(self, name: str, number: int, within: Connection | None = None) -> None:
        lock = f"{LOCKED_BY[name]}-{number}"
        task = self._tasks[name].configure(lock=lock, queueing_lock=lock, connection=within)
        with _reached(), suppress(exceptions.AlreadyEnqueued):
            async with within.transaction() if within else nullcontext():
                await task.defer_async(number=number)


def _options() -> str:
    """Who is paused or cut off within a transaction keeps its jobs from the rescuer: the server ends what sleeps as long as the dead are silent."""
    asleep = f"idle_in_transaction_session_timeout={round(STALLED_S * 1000)}"
    return f"-c search_path={SCHEMA} -c {asleep}"


@contextmanager
def _reached() -> Iterator[None]:
    """A queue that cannot be reached is the database that cannot: a failure of the outside world, not a defect."""
    try:
        yield
    except (exceptions.ConnectorException, psycopg.Error) as error:
        cause = error if isinstance(error, psycopg.Error) else error.__cause__
        if isinstance(cause, AWAY):
            text = f"the job queue cannot be reached: {type(cause).__name__}"
            raise Unreachable("database", text) from None
        raise
