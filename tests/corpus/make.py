#!/usr/bin/env python3
"""Writes the corpus files that no editor can: workbooks, containers, and a few other programs' files.

The files are the corpus; this only shows how they came to be, and makes another one easy. No test runs it.
    pip install xlwt        # for the .xls files
    tests/corpus/make.py    # writes beside itself, the same bytes every time
All persons are made up.
"""

import datetime
import io
import pathlib
import re
import struct
import zipfile
import zlib
from xml.sax.saxutils import escape

HERE = pathlib.Path(__file__).parent
HEADER = ["Forename", "Surname", "Date of birth", "Consent", "Consent date"]


def day(text):
    return datetime.date.fromisoformat(text)


def pupil(forename, surname, born, consent="Yes", on="2026-05-11"):
    return [forename, surname, day(born), consent, day(on)]


FIRST = pupil("Ambrosine", "Bramblesnap", "2009-12-01")
SECOND = pupil("Barnabee", "Candlewisp", "2010-01-14")
THIRD = pupil("Mabella", "Umberdell", "2010-05-05")
LIST = [HEADER, FIRST, SECOND, THIRD]


def third(column, value):
    """The list with another value for the third pupil."""
    row = list(THIRD)
    row[HEADER.index(column)] = value
    return [HEADER, FIRST, SECOND, row]


# ---- zip containers


def zipped(parts, **tricks):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            stored = name == "mimetype" or name in tricks.get("stored", ())
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


# ---- xlsx

RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
PACKAGE = "application/vnd.openxmlformats-package"
OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Formula:
    def __init__(self, text, cached=None):
        self.text, self.cached = text, cached


class Fault:
    """An error value, such as #N/A."""

    def __init__(self, text):
        self.text = text


class Sheet:
    def __init__(self, rows, name="Pupils", first=1, hidden=(), low=(), state="", before="", after="", inline=False):
        self.rows, self.name, self.first, self.state = rows, name, first, state
        self.hidden, self.low, self.before, self.after, self.inline = hidden, low, before, after, inline

    def xml(self, strings, epoch):
        out = [HEAD, f'<worksheet xmlns="{MAIN}">', self.before, "<sheetData>"]
        for number, row in enumerate(self.rows, self.first):
            unseen = ' hidden="1"' if number in self.hidden else ""
            unseen += ' ht="0" customHeight="1"' if number in self.low else ""
            out.append(f'<row r="{number}"{unseen}>')
            for at, value in enumerate(row):
                if value is not None:
                    out.append(self.cell(f"{chr(65 + at)}{number}", value, strings, epoch))
            out.append("</row>")
        out += ["</sheetData>", self.after, "</worksheet>"]
        return "".join(out)

    def cell(self, ref, value, strings, epoch):
        if isinstance(value, Formula):
            kind = ' t="str"' if isinstance(value.cached, str) else ""
            cached = "" if value.cached is None else f"<v>{escape(str(value.cached))}</v>"
            return f'<c r="{ref}"{kind}><f>{escape(value.text)}</f>{cached}</c>'
        if isinstance(value, Fault):
            return f'<c r="{ref}" t="e"><v>{value.text}</v></c>'
        if isinstance(value, bool):
            return f'<c r="{ref}" t="b"><v>{int(value)}</v></c>'
        if isinstance(value, datetime.datetime):
            days = (value - datetime.datetime(1899, 12, 30)).total_seconds() / 86400
            return f'<c r="{ref}" s="2"><v>{days}</v></c>'
        if isinstance(value, datetime.date):
            return f'<c r="{ref}" s="1"><v>{(value - epoch).days}</v></c>'
        if isinstance(value, (int, float)):
            return f'<c r="{ref}"><v>{value}</v></c>'
        if self.inline:
            return f'<c r="{ref}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        if value not in strings:
            strings.append(value)
        return f'<c r="{ref}" t="s"><v>{strings.index(value)}</v></c>'


def parts_of(*sheets, date1904=False, extra=()):
    """The parts of a workbook as Excel writes them, by name."""
    epoch = datetime.date(1904, 1, 1) if date1904 else datetime.date(1899, 12, 30)
    strings, numbers = [], range(1, len(sheets) + 1)
    xml = [sheet.xml(strings, epoch) for sheet in sheets]
    parts = {
        "[Content_Types].xml": HEAD
        + f'<Types xmlns="{TYPES}"><Default Extension="rels" ContentType="{PACKAGE}.relationships+xml"/>'
        + f'<Default Extension="xml" ContentType="{OFFICE}.worksheet+xml"/>'
        + "".join(
            f'<Override PartName="/xl/{part}.xml" ContentType="{OFFICE}.{kind}+xml"/>'
            for part, kind in [("workbook", "sheet.main"), ("sharedStrings", "sharedStrings"), ("styles", "styles")]
        )
        + "</Types>",
        "_rels/.rels": HEAD
        + f'<Relationships xmlns="{RELS}"><Relationship Id="rId1" Type="{DOC}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": HEAD
        + f'<workbook xmlns="{MAIN}" xmlns:r="{DOC}">'
        + ('<workbookPr date1904="1"/>' if date1904 else "")
        + "<sheets>"
        + "".join(
            f'<sheet name="{escape(sheet.name)}" sheetId="{n}"{sheet.state} r:id="rId{n}"/>'
            for n, sheet in zip(numbers, sheets)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": HEAD
        + f'<Relationships xmlns="{RELS}">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{DOC}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
        )
        + f'<Relationship Id="rIdS" Type="{DOC}/sharedStrings" Target="sharedStrings.xml"/>'
        + f'<Relationship Id="rIdF" Type="{DOC}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": HEAD
        + f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3">'
        '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>',
    }
    for n, text in zip(numbers, xml):
        parts[f"xl/worksheets/sheet{n}.xml"] = text
    told = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
    parts["xl/sharedStrings.xml"] = (
        HEAD + f'<sst xmlns="{MAIN}" count="{len(strings)}" uniqueCount="{len(strings)}">{told}</sst>'
    )
    parts.update(extra)
    return parts


def xlsx(*sheets, **more):
    return zipped(parts_of(*sheets, **more).items())


def xlsx_with(part, change, rows=LIST):
    """A workbook of which one part is changed by hand."""
    parts = parts_of(Sheet(rows))
    parts[part] = change(parts[part])
    return zipped(parts.items())


# ---- ods


def ods(*tables, manifest="", extra=()):
    content = HEAD + (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        + "".join(tables)
        + "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        [
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", content),
            (
                "META-INF/manifest.xml",
                HEAD + '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
                f'<manifest:file-entry manifest:full-path="content.xml">{manifest}</manifest:file-entry>'
                "</manifest:manifest>",
            ),
            *extra,
        ]
    )


def ods_cell(value):
    if isinstance(value, datetime.date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def ods_table(rows, name="Pupils", visible=None, after=""):
    out = [f'<table:table table:name="{name}">']
    for number, row in enumerate(rows, 1):
        word = (visible or {}).get(number)
        unseen = f' table:visibility="{word}"' if word else ""
        out.append(f"<table:table-row{unseen}>{''.join(map(ods_cell, row))}</table:table-row>")
    return "".join([*out, after, "</table:table>"])


# ---- compound files, as Office wrote them until 2003


def xls(*sheets, date1904=False):
    import xlwt

    book = xlwt.Workbook()
    book.dates_1904 = date1904
    dates = xlwt.easyxf(num_format_str="dd/mm/yyyy")
    for name, rows, hidden in sheets:
        sheet = book.add_sheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, datetime.date):
                    sheet.write(at, column, value, dates)
                elif isinstance(value, Fault):
                    sheet.row(at).set_cell_error(column, {"#N/A": 0x2A}[value.text])
                else:
                    sheet.write(at, column, value)
            sheet.row(at).hidden = at + 1 in hidden
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def compound(streams):
    """A compound file of these streams, each large enough to lie in whole sectors (MS-CFB)."""
    free, end, fat_mark, size = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 512
    fat, body, entries = [fat_mark], b"", []
    root = ("Root Entry", 5, end, 0, 1)
    for name, content in streams:
        content = content.ljust(4096, b"\0")
        content += b"\0" * (-len(content) % size)
        start, count = len(fat), len(content) // size
        fat += [*range(start + 1, start + count), end]
        entries.append((name, 2, start, len(content), free))
        body += content
    directory = b""
    for at, (name, kind, start, length, child) in enumerate([root, *entries]):
        text = name.encode("utf-16-le")
        right = at + 1 if 0 < at < len(entries) else free
        directory += (
            text.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(text) + 2, kind, 1, free, right, child)
            + bytes(36)
            + struct.pack("<IQ", start, length)
        )
    directory += bytes(-len(directory) % size)
    first_of_directory, count = len(fat), len(directory) // size
    fat += [*range(first_of_directory + 1, first_of_directory + count), end]
    fat += [free] * (128 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, first_of_directory, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    return header + struct.pack("<128I", *fat) + body + directory


def records(*all_of_them):
    """Records of an old workbook: kind and content."""
    return b"".join(struct.pack("<HH", kind, len(content)) + content for kind, content in all_of_them)


# ---- the files


def files():
    born = "Date of birth"
    yield from workbooks(born)
    yield from oddities()
    yield from old_workbooks()
    yield from open_documents()
    yield from other_programs()
    yield "requests/pupils-in-a-workbook.xlsx", xlsx(Sheet(LIST))
    yield "requests/damaged-workbook.xlsx", xlsx(Sheet(LIST))[:900]
    yield "kinds/sheet-named-declined.xlsx", xlsx(Sheet([row[:3] for row in LIST], name="Declined"))


def workbooks(born):
    notes = Sheet([["Sent by the office"]], name="Notes")
    lists = Sheet(LIST)
    yield "clean/workbook.xlsx", xlsx(lists)
    yield "clean/workbook-inline-strings.xlsx", xlsx(Sheet(LIST, inline=True))
    yield "clean/empty-second-sheet.xlsx", xlsx(lists, Sheet([], name="Sheet2"))
    yield "clean/dates-of-1904.xlsx", xlsx(lists, date1904=True)
    yield "clean/dates-as-text.xlsx", xlsx(Sheet(third(born, "05/05/2010")))
    yield "clean/consent-as-true.xlsx", xlsx(Sheet(third("Consent", True)))
    yield "clean/consent-as-one.xlsx", xlsx(Sheet(third("Consent", 1)))
    yield "clean/hidden-blank-row.xlsx", xlsx(Sheet([*LIST, []], hidden={5}))
    yield "clean/hidden-column.xlsx", xlsx(Sheet(LIST, before='<cols><col min="5" max="5" hidden="1"/></cols>'))
    yield "clean/filter-that-hides-nobody.xlsx", xlsx(Sheet(LIST, after='<autoFilter ref="A1:E4"/>'))
    title = [["Leavers of Nowhere School"], [], *LIST]
    yield "clean/merged-title.xlsx", xlsx(
        Sheet(title, after='<mergeCells count="1"><mergeCell ref="A1:E1"/></mergeCells>')
    )
    yield "clean/formulas.xlsx", xlsx(Sheet(third("Surname", Formula('PROPER("umberdell")', "Umberdell"))))
    wide = '<dimension ref="A1:XFD1048576"/>'
    yield "clean/boundless-dimension.xlsx", xlsx(Sheet(LIST, before=wide))
    with_uln = [[*row, uln] for row, uln in zip(LIST, ["ULN", 9276308686, 1000000019, 1234567899])]
    yield "clean/uln-as-number.xlsx", xlsx(Sheet(with_uln))
    numbered = [[*row[:2], (row[2] - datetime.date(1899, 12, 30)).days, *row[3:]] for row in LIST[1:]]
    yield "clean/day-numbers.xlsx", xlsx(Sheet([HEADER, *numbered]))
    yield from dialects()

    yield "workbooks/two-sheets.xlsx", xlsx(lists, notes)
    for state in ["hidden", "veryHidden"]:
        secret = Sheet([["Sent by the office"]], name="Notes", state=f' state="{state}"')
        yield f"workbooks/second-sheet-{state.lower()}.xlsx", xlsx(lists, secret)
    yield "workbooks/hidden-row.xlsx", xlsx(Sheet(LIST, hidden={3}))
    yield "workbooks/row-without-height.xlsx", xlsx(Sheet(LIST, low={3}))
    shown = '<filterColumn colId="3"><filters><filter val="Yes"/></filters></filterColumn>'
    refused = [HEADER, FIRST, [*SECOND[:3], "No", None], THIRD]
    yield "workbooks/filtered-row.xlsx", xlsx(
        Sheet(refused, hidden={3}, after=f'<autoFilter ref="A1:E4">{shown}</autoFilter>')
    )
    yield "workbooks/error-in-surname.xlsx", xlsx(Sheet(third("Surname", Fault("#N/A"))))
    yield "workbooks/error-in-date.xlsx", xlsx(Sheet(third(born, Fault("#REF!"))))
    yield "workbooks/error-in-consent.xlsx", xlsx(Sheet(third("Consent", Fault("#N/A"))))
    yield "workbooks/formula-without-value.xlsx", xlsx(Sheet(third("Surname", Formula("Sheet9!B4"))))
    yield "workbooks/date-with-time.xlsx", xlsx(
        Sheet(third(born, datetime.datetime(2010, 5, 5, 14, 30)))
    )
    yield "workbooks/month-first-text.xlsx", xlsx(Sheet(third(born, "08/31/2009")))
    yield "workbooks/number-as-date.xlsx", xlsx(Sheet(third(born, 40303)))
    lost = [[*row, uln] for row, uln in zip(LIST, ["ULN", 9276308686, 1000000019, "1.23457E+09"])]
    yield "workbooks/uln-that-lost-digits.xlsx", xlsx(Sheet(lost))
    yield "workbooks/no-data.xlsx", xlsx(Sheet([]))
    yield "workbooks/header-alone.xlsx", xlsx(Sheet([HEADER]))


def dialects():
    """What other programs than Excel write."""
    sheet, strings, rels = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"
    yield "clean/cells-without-places.xlsx", xlsx_with(
        sheet, lambda xml: re.sub(r' r="[A-Z]*\d+"', "", xml)
    )
    yield "clean/absolute-targets.xlsx", xlsx_with(rels, lambda xml: xml.replace('Target="', 'Target="/xl/'))
    prefixed = lambda xml: re.sub(r"<(/?)(\w)", r"<\1x:\2", xml).replace("xmlns=", "xmlns:x=")
    yield "clean/prefixed-elements.xlsx", zipped(
        (name, HEAD + prefixed(xml.removeprefix(HEAD)) if name in (sheet, strings, "xl/workbook.xml") else xml)
        for name, xml in parts_of(Sheet(LIST)).items()
    )
    rich = "<si><r><t>Umber</t></r><r><rPr><b/></rPr><t>dell</t></r></si>"
    yield "clean/rich-text.xlsx", xlsx_with(strings, lambda xml: xml.replace("<si><t>Umberdell</t></si>", rich))
    iso = '<c r="C4" t="d"><v>2010-05-05</v></c>'
    yield "clean/iso-date.xlsx", xlsx_with(sheet, lambda xml: re.sub(r'<c r="C4".*?</c>', iso, xml))
    binary = [("[Content_Types].xml", f'{HEAD}<Types xmlns="{TYPES}"/>'), ("xl/workbook.bin", b"\x83\x01\x00")]
    yield "types/binary-workbook.xlsb", zipped(binary)
    yield "types/binary-workbook.xlsx", zipped(
        [*binary, ("_rels/.rels", parts_of()["_rels/.rels"].replace("workbook.xml", "workbook.bin"))]
    )


def oddities():
    whole = xlsx(Sheet(LIST))
    sheet, strings = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
    yield "workbooks/truncated.xlsx", whole[: len(whole) // 2]
    at = whole.index(b"xl/worksheets/sheet1.xml") + 80
    yield "workbooks/flipped-bits.xlsx", whole[:at] + bytes(b ^ 0xFF for b in whole[at : at + 40]) + whole[at + 40 :]
    yield "workbooks/no-workbook-part.xlsx", zipped(
        [item for item in parts_of(Sheet(LIST)).items() if item[0] != "xl/workbook.xml"]
    )
    yield "workbooks/sheet-that-breaks-off.xlsx", xlsx_with(sheet, lambda xml: xml[: len(xml) * 2 // 3])
    far = "<c r=\"XFD4\" t=\"str\"><v>x</v></c></row></sheetData>"
    yield "workbooks/far-column.xlsx", xlsx_with(sheet, lambda xml: xml.replace("</row></sheetData>", far))
    beyond = "<c r=\"BDWGN4\" t=\"str\"><v>x</v></c></row></sheetData>"
    yield "workbooks/millionth-column.xlsx", xlsx_with(sheet, lambda xml: xml.replace("</row></sheetData>", beyond))
    yield "workbooks/row-beyond-the-last.xlsx", xlsx_with(
        sheet, lambda xml: xml.replace('r="4"', 'r="4000000000"').replace('E4"', 'E4000000000"')
    )
    yield "workbooks/untrue-string-count.xlsx", xlsx_with(
        strings, lambda xml: xml.replace('uniqueCount="', 'uniqueCount="4294967')
    )
    yield "workbooks/string-out-of-range.xlsx", xlsx_with(sheet, lambda xml: xml.replace("<v>1</v>", "<v>70000</v>"))
    bomb = lambda xml: xml.replace("<sheetData>", "<sheetData>" + " " * (3 << 20))
    yield "workbooks/bomb.xlsx", xlsx_with(sheet, bomb)
    laughs = '<!DOCTYPE l [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi")
    )
    yield "workbooks/a-billion-laughs.xlsx", xlsx_with(
        strings, lambda xml: xml.replace("<sst", laughs + "]><sst").replace("Umberdell", "Umber&i;dell")
    )
    long = "Umberdell" + "l" * 2100
    yield "workbooks/endless-cell.xlsx", xlsx(Sheet(third("Surname", long)))


def old_workbooks():
    plain = ("Pupils", LIST, ())
    yield "clean/old-workbook.xls", xls(plain)
    yield "clean/old-workbook-of-1904.xls", xls(plain, date1904=True)
    yield "old-workbooks/two-sheets.xls", xls(plain, ("Notes", [["Sent by the office"]], ()))
    yield "old-workbooks/hidden-row.xls", xls(("Pupils", LIST, (3,)))
    yield "old-workbooks/error-in-surname.xls", xls(("Pupils", third("Surname", Fault("#N/A")), ()))
    yield "old-workbooks/no-data.xls", xls(("Pupils", [], ()))
    yield "old-workbooks/truncated.xls", xls(plain)[:2000]
    begin, end = (0x0809, bytes.fromhex("00060500bb0dcc0700000000 06000000")), (0x000A, b"")
    password = (0x002F, bytes.fromhex("0100 0100 0100") + bytes(48))
    yield "old-workbooks/password.xls", compound([("Workbook", records(begin, password, end))])
    yield "old-workbooks/word-document.xls", compound([("WordDocument", b"\xec\xa5\xc1\x00" + b"Dear council")])
    info = b"\x04\x00\x04\x00\x40\x00\x00\x00<encryption/>"
    package = [("EncryptionInfo", info), ("EncryptedPackage", bytes(range(256)) * 16)]
    yield "workbooks/password.xlsx", compound(package)
    label = "<labels><label id=\"{0}\" enabled=\"1\"/></labels>".encode()
    yield "workbooks/sensitivity-label.xlsx", compound([("LabelInfo", label), *package])
    yield "old-workbooks/password-of-a-new-workbook.xls", compound(package)


def open_documents():
    plain = ods_table(LIST)
    yield "clean/open-document.ods", ods(plain)
    blank = (
        '<table:table-row table:number-rows-repeated="1048571">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    yield "clean/blank-to-the-last-row.ods", ods(ods_table(LIST, after=blank))
    yield "open-documents/two-sheets.ods", ods(plain, ods_table([["Sent by the office"]], name="Notes"))
    yield "open-documents/hidden-row.ods", ods(ods_table(LIST, visible={3: "collapse"}))
    yield "open-documents/filtered-row.ods", ods(ods_table(LIST, visible={3: "filter"}))
    yield "open-documents/password.ods", ods(plain, manifest="<manifest:encryption-data/>")
    yield "open-documents/no-data.ods", ods(ods_table([]))
    wide = (
        '<table:table-row><table:table-cell table:number-columns-repeated="1000000" office:value-type="string">'
        "<text:p>x</text:p></table:table-cell></table:table-row>"
    )
    yield "open-documents/a-million-columns.ods", ods(ods_table(LIST, after=wide))
    tall = (
        '<table:table-row table:number-rows-repeated="30000">'
        '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'
    )
    yield "open-documents/thirty-thousand-rows.ods", ods(ods_table(LIST, after=tall))
    yield "open-documents/truncated.ods", ods(plain)[:300]
    yield "open-documents/error-in-surname.ods", ods(ods_table(third("Surname", "#N/A")))


def other_programs():
    picture = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in [
            (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
            (b"IDAT", zlib.compress(b"\0\0")),
            (b"IEND", b""),
        ]
    )
    word = zipped(
        [
            ("[Content_Types].xml", f'{HEAD}<Types xmlns="{TYPES}"/>'),
            ("word/document.xml", f"{HEAD}<w:document><w:p>Ambrosine Bramblesnap</w:p></w:document>"),
        ]
    )
    folder = zipped([("leavers/leavers.csv", "Forename,Surname,Date of birth\nAmbrosine,Bramblesnap,01/12/2009\n")])
    yield "types/picture.png", picture
    yield "types/picture.xlsx", picture
    yield "types/word.docx", word
    yield "types/word.xlsx", word
    yield "types/zip-folder.zip", folder
    yield "types/zip-folder.xlsx", folder
    yield "types/zip-folder.csv", folder
    yield "types/open-document.xlsx", ods(ods_table(LIST))
    yield "types/workbook.ods", xlsx(Sheet(LIST))
    yield "types/workbook.csv", xlsx(Sheet(LIST))
    yield "types/workbook.xls", xlsx(Sheet(LIST))
    yield "types/old-workbook.xlsx", xls(("Pupils", LIST, ()))
    yield "types/old-workbook.csv", xls(("Pupils", LIST, ()))
    yield "types/workbook-with-macros.xlsm", xlsx(Sheet(LIST))


if __name__ == "__main__":
    for name, content in files():
        (HERE / name).parent.mkdir(parents=True, exist_ok=True)
        (HERE / name).write_bytes(content)
