"""The service directory: bringing one in, asking it, handing it out. It belongs to an agency; another's is not found.

What is undisclosed never leaves the store; see ``disclosing``.
"""

from screening.operations.directory.entries import EntryNotFound
from screening.operations.directory.exporting import ExportFormat, export_directory
from screening.operations.directory.importing import (
    Change,
    Counts,
    ImportRefused,
    ImportReport,
    import_directory,
)
from screening.operations.directory.listing import (
    MOST_A_PAGE,
    Page,
    Query,
    find_entry,
    list_entries,
)
from screening.operations.directory.reading import DirectoryFileRefused, Progress, read_directory_file

__all__ = [
    "MOST_A_PAGE",
    "Change",
    "Counts",
    "DirectoryFileRefused",
    "EntryNotFound",
    "ExportFormat",
    "ImportRefused",
    "ImportReport",
    "Page",
    "Progress",
    "Query",
    "export_directory",
    "find_entry",
    "import_directory",
    "list_entries",
    "read_directory_file",
]
