"""What can go wrong on this floor. Messages say what to do and never hold a value, a key or a case number."""


class StoreFault(Exception):
    """Anything this floor cannot do; the message is fit for the person who runs the installation."""


class KeysFault(StoreFault):
    """The keys file is missing, unreadable, too open, or not the one this database was sealed with."""


class SealBroken(StoreFault):
    """A sealed value does not open: the row was changed or moved, or its key is not in the keys file."""

    def __init__(self, table: str) -> None:
        super().__init__(
            f"A sealed value in '{table}' could not be opened: the row was changed or moved, or its key is missing. "
            "Nothing was shown or overwritten. Compare the database with a backup."
        )


class DatabaseFault(StoreFault):
    """The database cannot be opened or is not usable by this version of the program."""


class DatabaseBusy(StoreFault):
    """Another writer held the database for too long. Nothing was saved; the same save may be repeated safely."""


class ScopeFault(StoreFault):
    """A statement tried to get past the agency scope or to write while only reading: a mistake in the program."""


class JournalFault(StoreFault):
    """A journal entry has the wrong detail fields: a mistake in the program, stopped before anything is written."""
