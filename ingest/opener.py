"""A program of its own that opens workbooks: pickled bytes in, pickled tabs or a refusal out.

The spreadsheet reader is fast and native, and a damaged .xls can make it end its process, for
want of memory or otherwise. So it has a process to itself, and callvault goes on. Imports nothing
of callvault's: it is started by its path, wherever callvault is installed.
"""

from __future__ import annotations

import io
import pickle
import sys

import python_calamine as calamine

MEMORY = 2 << 30
Tabs = list[tuple[str, list[list[object]], list[tuple[tuple[int, int], tuple[int, int]]] | None]]
"""Name, rows from the first row and column on, and merged regions where the format has them."""
Refusal = tuple[str, dict[str, object]]
"""A key of `config/words/problems.toml` with its values."""


def tabs(content: bytes, rows: int, columns: int, cells: int, letters: int) -> Tabs | Refusal:
    """All tabs of a workbook, within bounds for each tab's extent and for all texts together."""
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            found: Tabs = []
            left = letters
            for about in book.sheets_metadata:
                if about.typ != calamine.SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(about.name)
                height, width = sheet.total_height + 1, sheet.total_width + 1
                if height > rows or width > columns or height * width > cells:
                    return "too_many_cells", {"tab": about.name, "rows": height, "columns": width}
                read: list[list[object]] = [
                    list(row) for row in sheet.to_python(skip_empty_area=False)
                ]
                # A file of a few kB may name one long text in each of its cells.
                left -= sum(len(cell) for row in read for cell in row if isinstance(cell, str))
                if left < 0:
                    return "unpacks_too_large", {}
                found.append((about.name, read, sheet.merged_cell_ranges))
            return found
    except (calamine.CalamineError, ValueError, OSError):
        return "not_a_sheet", {}


def bound_memory() -> None:
    """Lets an absurd request for memory fail at once instead of crowding out the office's work."""
    if sys.platform == "linux":
        import resource  # no other system has it or honours it

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        soft = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


if __name__ == "__main__":
    bound_memory()
    while True:
        try:
            question = pickle.load(sys.stdin.buffer)  # noqa: S301  # our own caller's
        except EOFError:
            break
        pickle.dump(tabs(*question), sys.stdout.buffer)
        sys.stdout.buffer.flush()
