"""The right to write to a NAV company: won by raising its epoch, checked in every recording transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from tieout.core.failures import Superseded
from tieout.engine.ports import Lease
from tieout.store.database import Database, Transaction

_CLAIM = """
UPDATE tieout.nav_company
SET epoch = greatest(epoch, :above) + 1, lease_owner = :owner, lease_until = :until
WHERE id = :company AND (lease_owner IS NULL OR lease_owner = :owner OR lease_until <= :now)
RETURNING epoch
"""

_RENEW = """
UPDATE tieout.nav_company SET lease_until = :until
WHERE id = :company AND epoch = :epoch AND lease_owner = :owner
"""

_RELEASE = """
UPDATE tieout.nav_company SET lease_owner = NULL, lease_until = NULL
WHERE id = :company AND epoch = :epoch AND lease_owner = :owner
"""


class Leases(Database):
    """Who may write to which NAV company."""

    async def claim(
        self, company_id: int, *, owner: str, now: datetime, lease_s: float, above: int = 0
    ) -> Lease | None:
        """Win the right to write, unless another owner has it.

        ``above`` is an epoch that NAV already knows, if it is ahead of ours (a database restored from a backup).
        """
        async with self.transaction("claim") as tx:
            row = await tx.row(
                _CLAIM,
                company=company_id,
                owner=owner,
                now=now,
                until=now + timedelta(seconds=lease_s),
                above=above,
            )
        return row and Lease(company_id=company_id, epoch=row.epoch, owner=owner)

    async def renew(self, lease: Lease, *, now: datetime, lease_s: float) -> None:
        """Keep the lease. Raises Superseded when it is no longer mine."""
        async with self.transaction() as tx:
            done = await tx.run(
                _RENEW,
                company=lease.company_id,
                epoch=lease.epoch,
                owner=lease.owner,
                until=now + timedelta(seconds=lease_s),
            )
            if not done.rowcount:
                raise superseded(lease)

    async def lease_owner(self, company_id: int) -> str:
        """Who holds the lease now; empty if nobody does."""
        async with self.transaction() as tx:
            row = await tx.row(
                "SELECT lease_owner FROM tieout.nav_company WHERE id = :company",
                company=company_id,
            )
        return (row and row.lease_owner) or ""

    async def release(self, lease: Lease) -> None:
        """Give the lease back; nothing happens if it is no longer mine."""
        async with self.transaction() as tx:
            await tx.run(
                _RELEASE,
                company=lease.company_id,
                epoch=lease.epoch,
                owner=lease.owner,
            )


async def hold(tx: Transaction, lease: Lease) -> None:
    """Be sure that the lease's epoch is the company's until this transaction ends: a claim waits for it. Raises Superseded."""
    row = await tx.row(
        "SELECT id FROM tieout.nav_company WHERE id = :company AND epoch = :epoch FOR SHARE",
        company=lease.company_id,
        epoch=lease.epoch,
    )
    if row is None:
        raise superseded(lease)


def superseded(lease: Lease) -> Superseded:
    """The failure of a worker that was taken over."""
    return Superseded(
        "database",
        f"epoch {lease.epoch} of NAV company {lease.company_id} has passed; another worker goes on",
    )
