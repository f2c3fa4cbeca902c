"""Rows in a text that was copied from a spreadsheet, a web page's table or a CSV file."""

import csv
import io

SEPARATORS = "\t;,"  # the first that parts every row alike is meant


def rows_in(text: str, columns: int) -> list[list[str]]:
    """The rows of the text, each of `columns` cells: what is missing is empty, what is too much belongs to the last."""
    read = max((_read(text, one) for one in SEPARATORS), key=lambda rows: _fits(rows, columns))
    return [_fitted(row, columns) for row in read if any(cell.strip() for cell in row)]


def _read(text: str, separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text.replace("\r\n", "\n"), newline=""), delimiter=separator))
    except csv.Error:  # a cell longer than the reader takes
        return [line.split(separator) for line in text.splitlines()]


def _fits(rows: list[list[str]], columns: int) -> float:
    """The share of rows that have the right number of cells, or, less good, more than one."""
    filled = [row for row in rows if row]
    right = sum(len(row) == columns for row in filled)
    several = sum(len(row) > 1 for row in filled)
    return (right + several / 4) / max(1, len(filled))


def _fitted(row: list[str], columns: int) -> list[str]:
    cells = [cell.strip() for cell in row]
    return (
        [*cells, *[""] * columns][:columns]
        if len(cells) <= columns
        else [*cells[: columns - 1], ", ".join(cells[columns - 1 :])]
    )
