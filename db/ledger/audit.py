"""The invariants of the ledger as queries; they run at every start and whenever an owner asks."""

from sqlalchemy import Connection, text

_CHECKS: dict[str, str] = {
    "I1: lot {} does not equal its log": """
        SELECT lot.id FROM lot LEFT JOIN transfer ON transfer.lot_id = lot.id GROUP BY lot.id
        HAVING lot.posted_units <> COALESCE(SUM(transfer.posted_units), 0)
            OR lot.held_units <> COALESCE(SUM(transfer.held_units), 0)""",
    "I1: hold {} does not equal its log": """
        SELECT hold.id FROM hold LEFT JOIN transfer ON transfer.hold_id = hold.id GROUP BY hold.id
        HAVING hold.units <> COALESCE(SUM(CASE WHEN transfer.kind = 'hold' THEN transfer.held_units END), 0)
            OR COALESCE(SUM(transfer.held_units), 0) <> CASE hold.state WHEN 'pending' THEN hold.units ELSE 0 END
            OR COALESCE(hold.posted_units, 0) <> -COALESCE(SUM(transfer.posted_units), 0)""",
    "I1: hold {} rests on another member's credits": """
        SELECT hold.id FROM hold JOIN transfer ON transfer.hold_id = hold.id JOIN lot ON lot.id = transfer.lot_id
        WHERE lot.user_id <> hold.user_id OR lot.guild_id <> hold.guild_id""",
    "I2: lot {} is overdrawn": "SELECT id FROM lot WHERE held_units < 0 OR posted_units < held_units",
    "I3: hold {} ended in two ways": """
        SELECT hold.id FROM hold JOIN transfer ON transfer.hold_id = hold.id
        WHERE transfer.kind = 'post' AND hold.state <> 'posted' OR transfer.kind = 'void' AND hold.state <> 'voided'""",
    "I4: job {} and its hold disagree": """
        SELECT job.id FROM job JOIN hold ON hold.id = job.id
        WHERE hold.state <> CASE job.state WHEN 'delivered' THEN 'posted' WHEN 'refunded' THEN 'voided'
              ELSE 'pending' END OR hold.units <> job.price_units""",
    "I5: hold {} has no job": "SELECT id FROM hold WHERE NOT EXISTS (SELECT 1 FROM job WHERE job.id = hold.id)",
    "I8: lot {} was topped up twice in a day": """
        SELECT lot_id FROM transfer WHERE kind = 'daily' GROUP BY lot_id, at / 86400000 HAVING COUNT(*) > 1""",
    "I8: account {} was opened twice": """
        SELECT lot.user_id FROM transfer JOIN lot ON lot.id = transfer.lot_id
        WHERE kind = 'start' GROUP BY lot.user_id, lot.guild_id HAVING COUNT(*) > 1""",
    "foreign key of table {} leads nowhere": 'SELECT DISTINCT "table" FROM pragma_foreign_key_check',
}

SHOWN = 5
"""So many offenders of each kind are named."""


def audit(conn: Connection) -> list[str]:
    """Check the invariants I1–I5 and I8; an empty list means that everything adds up."""
    faults = []
    for sentence, query in _CHECKS.items():
        faults += [sentence.format(row[0]) for row in conn.execute(text(f"{query} LIMIT {SHOWN}"))]
    return faults
