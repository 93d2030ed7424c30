"""Files made to hurt, all of made-up content: hostile.py FOLDER COUNCIL PILLARBOX.

FOLDER gets the large ones; the boxes of COUNCIL get 5,000 files of random bytes under spreadsheets' names.
"""

import pathlib
import random
import subprocess
import sys
import zipfile

HEADER = "Forename,Surname,Date of birth,Consent"
SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
BOOK = {
    "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="List" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def workbook(path, rows, method=zipfile.ZIP_DEFLATED):
    """A workbook whose only sheet holds these pieces of XML."""
    with zipfile.ZipFile(path, "w", method, compresslevel=9 if method == zipfile.ZIP_DEFLATED else None) as book:
        for name, text in BOOK.items():
            book.writestr(name, text)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(SHEET.encode())
            for piece in rows:
                sheet.write(piece.encode())
            sheet.write(b"</sheetData></worksheet>")


def cells(number, values):
    inner = "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in values)
    return f'<row r="{number}">{inner}</row>'


def large_workbook(path):
    """Cells without end, stored as they are, until the file is as large as an upload may be."""
    def rows():
        yield cells(1, HEADER.split(","))
        size, number = 0, 1
        while size < (16 << 20) - 4096:
            number += 1
            row = cells(number, [f"Robin{number}", "Example", "01/09/2010", "yes", "x" * 900])
            size += len(row)
            yield row
    workbook(path, rows(), zipfile.ZIP_STORED)


def main(folder, council):
    workbook(folder / "zip-bomb.xlsx", ("<row>" + " " * (1 << 20) + "</row>" for _ in range(4096)))
    wide = ",".join(f"c{n}" for n in range(1_000_000))
    (folder / "million-columns.csv").write_text(HEADER + "," + wide + "\n")
    quote = HEADER + '\n"' + "Robin,Example\n" * (50 * (1 << 20) // 14)
    (folder / "open-quote-50-mb.csv").write_text(quote)
    (folder / "open-quote-16-mb.csv").write_text(quote[: (16 << 20) - 1])
    row = "Robin,Example,01/09/2010,yes\n"
    (folder / "rows-200000.csv").write_text(HEADER + "\n" + row * 200_000)
    large_workbook(folder / "workbook-16-mib.xlsx")
    noise = random.Random(5)
    config = ["--config", str(council / "pillarbox.toml")]
    for number in range(50):
        school = str(8604001 + number)
        subprocess.run(
            [PILLARBOX, *config, "school", "add", school, "--name", f"Nowhere School {number}", "--signed", "2026-09-14"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        inbox = council / "state" / "boxes" / school / "inbox"
        inbox.mkdir(parents=True, exist_ok=True)
        for nth in range(100):
            ending = ["csv", "xlsx", "xls", "ods", "txt"][nth % 5]
            begins = [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"Forename,Surname\n"][nth // 20]
            (inbox / f"list {nth}.{ending}").write_bytes(begins + noise.randbytes(noise.randrange(1, 20_000)))


PILLARBOX = sys.argv[3]

if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
