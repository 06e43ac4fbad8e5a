from tests.conftest import Sample


def make(koor, sample: Sample):
    return koor("case", "checklist", sample.case)


def test_made_from_the_form_and_signed_it_satisfies_r12(koor, sample: Sample):
    made = make(koor, sample)
    assert made.code == 0
    assert f"koor-provision sign {sample.case}/checklist.yml --key KEY" in made.out
    assert "# Departments are created (at most 50)" in (sample.case / "checklist.yml").read_text()
    sample.sign("checklist.yml", "engineer-senior")

    answer = koor("check", sample.case)

    assert answer.code == 0
    assert "made from the CTO's form, version 1; 0 of 14 done" in answer.out


def test_nothing_is_overwritten(koor, sample: Sample):
    make(koor, sample)
    before = (sample.case / "checklist.yml").read_bytes()

    answer = make(koor, sample)

    assert answer.code == 2
    assert "exists already" in answer.err
    assert (sample.case / "checklist.yml").read_bytes() == before


def test_without_a_form(koor, sample: Sample):
    (sample.company / "install_checklist.yml").unlink()

    answer = make(koor, sample)

    assert answer.code == 2
    assert "get the signed form from the CTO" in answer.err
