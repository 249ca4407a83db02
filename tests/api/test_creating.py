"""Creating documents: what is made of nothing, of texts and of files in other formats."""

import re
import sys
import zipfile
from pathlib import Path

import pytest

from dlm_lsp import check
from dlm_lsp.api.creating import import_document, init_document
from dlm_lsp.document import parse
from dlm_lsp.document.new_frontmatter import DEFAULT_BASE_MODEL
from dlm_lsp.errors import NotFoundError, StoreError, UsageError
from dlm_lsp.install_hint import install_hint

BASE = DEFAULT_BASE_MODEL
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word_document(path: Path) -> Path:
    """A Word document with two headings, of the parts that a reader of it needs."""
    styled = '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    plain = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    paragraphs = "".join(
        styled.format(heading) + plain.format(text)
        for heading, text in (("Bees", "They hum."), ("Wasps", "They sting."))
    )
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    styles = (
        '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>'
    )
    parts = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}.document.main+xml"/>'
            f'<Override PartName="/word/styles.xml" ContentType="{kind}.styles+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{rels}"><Relationship Id="r1" '
            f'Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>'
        ),
        "word/_rels/document.xml.rels": (
            f'<Relationships xmlns="{rels}"><Relationship Id="r1" '
            f'Type="{office}/styles" Target="styles.xml"/></Relationships>'
        ),
        "word/styles.xml": f'<w:styles xmlns:w="{W}">{styles}</w:styles>',
        "word/document.xml": (
            f'<w:document xmlns:w="{W}"><w:body>{paragraphs}</w:body></w:document>'
        ),
    }
    with zipfile.ZipFile(path, "w") as file:
        for name, text in parts.items():
            file.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return path


def portable_document(path: Path, extra: str = "") -> Path:
    """A PDF of one page that says "They hum.", with `extra` in its trailer."""
    stream = "BT /F1 12 Tf 72 720 Td (They hum.) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    text, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(text))
        text += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    text += (
        f"xref\n0 {count}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {count} /Root 1 0 R {extra} >>\nstartxref\n{len(text)}\n%%EOF\n"
    )
    path.write_bytes(text.encode("latin-1"))
    return path


def test_of_nothing_comes_a_document_to_write_into(tmp_path):
    made = init_document(tmp_path / "notes.dlm", BASE)
    assert (made.source, made.sections, made.problems) == (None, 0, 0)
    assert parse(made.path.read_text()).frontmatter.base_model == BASE


def test_a_markdown_file_stays_and_the_document_stands_beside_it(tmp_path):
    source = tmp_path / "bees.md"
    source.write_text("# Bees\nThey hum.\n\n# Wasps\nThey sting.\n")
    made = init_document(source, BASE, split_headings=True)
    assert (made.path, made.sections) == (tmp_path / "bees.dlm", 2)
    assert source.read_text().startswith("# Bees")
    assert [problem.code for problem in check(made.path)] == []


def test_a_text_that_is_not_there_is_told_with_the_name_of_a_new_document(tmp_path):
    with pytest.raises(NotFoundError, match=r"no such file; .* new document, name .*notes\.dlm$"):
        init_document(tmp_path / "notes", BASE)
    assert list(tmp_path.iterdir()) == []


def test_two_documents_never_get_one_id(tmp_path):
    texts = [init_document(tmp_path / f"{n}.dlm", BASE).path.read_text() for n in range(20)]
    assert len({parse(text).frontmatter.dlm_id for text in texts}) == 20


@pytest.mark.parametrize("create", [init_document, import_document])
def test_no_file_is_written_over_unless_it_is_forced(create, tmp_path):
    source, target = tmp_path / "bees.md", tmp_path / "bees.dlm"
    source.write_text("They hum.\n")
    target.write_text("mine")
    with pytest.raises(StoreError, match="is there already"):
        create(source, BASE)
    assert target.read_text() == "mine"
    create(source, BASE, force=True)
    assert "They hum." in target.read_text()


def test_a_document_is_not_made_of_a_document(tmp_path):
    path = init_document(tmp_path / "notes.dlm", BASE).path
    before = path.read_bytes()
    for force in (False, True):
        with pytest.raises(UsageError, match="is a document already"):
            init_document(path, BASE, force=force)
    assert path.read_bytes() == before


@pytest.mark.parametrize("create", [init_document, import_document])
def test_a_text_has_any_case_in_its_ending(create, tmp_path):
    (tmp_path / "BEES.MD").write_text("They hum.\n")
    assert create(tmp_path / "BEES.MD", BASE).path == tmp_path / "BEES.dlm"


@pytest.mark.parametrize("create", [init_document, import_document])
@pytest.mark.parametrize("name", ["", ".", "/"])
def test_a_path_that_names_no_file_is_a_wrong_use(create, name):
    with pytest.raises(UsageError, match="names no file"):
        create(Path(name), BASE)


def test_what_has_to_be_converted_is_sent_to_the_command_for_that(tmp_path):
    with pytest.raises(UsageError, match=r"`dlm import .*bees\.docx` converts it"):
        init_document(tmp_path / "bees.docx", BASE)


def test_a_page_of_the_web_becomes_sections_and_nothing_is_fetched(tmp_path):
    page = tmp_path / "bees.html"
    image = '<img src="http://127.0.0.1:9/x.png">'
    page.write_text(f"<h1>Bees</h1><p>They <b>hum</b>.</p>{image}<h1>Wasps</h1><p>They sting.</p>")
    made = import_document(page, BASE)
    text = made.path.read_text()
    assert made.sections == 2
    assert "They **hum**." in text
    assert "<p>" not in text


def test_a_word_document_becomes_sections(tmp_path):
    made = import_document(word_document(tmp_path / "bees.docx"), BASE)
    contents = [section.content for section in parse(made.path.read_text()).sections]
    assert contents == ["# Bees\n\nThey hum.\n", "# Wasps\n\nThey sting."]


def test_a_portable_document_becomes_prose(tmp_path):
    made = import_document(portable_document(tmp_path / "bees.pdf"), BASE)
    assert "They hum." in made.path.read_text()


def test_what_cannot_be_read_is_told_in_one_line_and_leaves_no_file(tmp_path):
    broken = tmp_path / "broken.docx"
    broken.write_bytes(b"PK\x03\x04 nothing of the kind")
    locked = portable_document(
        tmp_path / "locked.pdf",
        "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 "
        f"/O <{'41' * 32}> /U <{'42' * 32}> >> /ID [<00> <00>]",
    )
    damaged, folder = tmp_path / "damaged.pdf", tmp_path / "folder.html"
    damaged.write_text("%PDF-1.4 and no more")
    folder.mkdir()
    for path in (broken, locked, damaged, folder, tmp_path / "missing.html"):
        with pytest.raises(StoreError) as error:
            import_document(path, BASE)
        assert "\n" not in str(error.value)
        assert not path.with_suffix(".dlm").exists()


def test_a_page_without_a_text_is_told(tmp_path):
    page = tmp_path / "empty.html"
    page.write_text("<html><body></body></html>")
    with pytest.raises(StoreError, match="there is no text in"):
        import_document(page, BASE)


def test_without_the_converter_its_installation_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "markitdown", None)
    page = tmp_path / "bees.html"
    page.write_text("<p>They hum.</p>")
    with pytest.raises(StoreError, match=re.escape(f"`{install_hint('import')}`")):
        import_document(page, BASE)
