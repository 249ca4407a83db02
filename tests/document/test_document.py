from support.document_text import document


def test_a_section_is_found_by_its_id():
    parsed = document("a\n::prose::\nb\n")
    assert parsed.section(parsed.sections[1].id) is parsed.sections[1]
    assert parsed.section("0" * 16) is None


def test_errors_are_the_problems_that_stop_a_training():
    parsed = document("a\n::poem::\n ::prose::\n")
    assert [problem.code for problem in parsed.problems] == [
        "unknown-section-type",
        "near-miss-fence",
    ]
    assert [problem.code for problem in parsed.errors] == ["unknown-section-type"]
