from bench import in_process, in_process_missing
from bench.office.generate import generate
from bench.score import filed_by
from bench.whole import through_callvault


def test_in_process_files_what_the_whole_product_files() -> None:
    office = generate(4, 25)
    told = through_callvault(office)
    decided = in_process.decide(in_process.read(office))
    filed = filed_by(office, decided)
    assert [one is None for one in told.filed] == [one is None for one in filed]
    assert any(told.filed)
    assert told.named <= {line.key for line in office.lines if line.reached}
    assert told.named
    assert told.named == in_process_missing.named(decided)
