"""The wheel: what is in it, and that it works where nothing else of the repository is."""

import os
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
PACKAGE = REPOSITORY / "dashboard"
LEFT_OUT = {"__pycache__", "sample"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built without fetching anything."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(REPOSITORY)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of the commands of an environment that holds the wheel, and the packages of this one behind it."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run(
        [scripts / "python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel], check=True
    )
    site = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    (Path(site) / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return scripts


@pytest.fixture
def run(installed, tmp_path):
    """`run(*arguments)` runs the installed command in an empty folder."""

    def command(*arguments):
        return subprocess.run([installed / "conflictmap", *arguments], **away(tmp_path), text=True, check=False)

    return command


def away(folder):
    clean = {name: value for name, value in os.environ.items() if name not in ("CONFLICTMAP_DATA", "PYTHONPATH")}
    return {
        "cwd": folder,
        "env": clean,
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
    }


def test_the_wheel_holds_every_file_of_the_package_and_the_sample(wheel):
    package = {
        path.relative_to(REPOSITORY).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and not LEFT_OUT & set(path.relative_to(PACKAGE).parts)
    }
    sample = {
        (Path("dashboard/sample") / path.relative_to(REPOSITORY / "data")).as_posix()
        for pattern in ("articles.csv", "events.csv", "places.csv", "articles/*.txt")
        for path in (REPOSITORY / "data").glob(pattern)
    }
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert "dashboard/.streamlit/config.toml" in names
    assert len(sample) >= 4
    assert names == package | sample


def test_the_wheel_carries_licence_and_notice(wheel):
    names = {Path(name).name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/licenses/" in name}
    assert names == {"LICENSE", "NOTICE"}


def test_what_runs_is_the_installed_package_and_not_the_repository(installed, tmp_path):
    code = "import dashboard, dashboard.project.sample as s; print(dashboard.__file__, s.sample_folder())"
    printed = subprocess.check_output([installed / "python", "-c", code], cwd=tmp_path, text=True)
    assert str(REPOSITORY) not in printed
    assert printed.strip().endswith("sample")


def test_help_is_printed(run):
    result = run("--help")
    assert result.returncode == 0
    assert "conflictmap" in result.stdout


def test_check_in_an_empty_folder_says_in_a_sentence_that_there_is_nothing(run):
    result = run("check")
    assert result.returncode == 1
    assert "data" in result.stdout
    assert "Traceback" not in result.stdout


def test_it_serves_the_sample_in_an_empty_folder(installed, tmp_path, free_port):
    command = [installed / "conflictmap", "run", "--sample", "--port", str(free_port)]
    process = subprocess.Popen(command, **away(tmp_path), text=True)
    try:
        said = ""
        while "http://" not in said and (line := process.stdout.readline()):
            said += line
        assert f"http://127.0.0.1:{free_port}" in said
        for path, start in (("_stcore/health", b"ok"), ("app/static/vendor/leaflet/leaflet.js", b"/*")):
            with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/{path}", timeout=10) as answer:
                assert answer.read(2) == start
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert subprocess.run([installed / "conflictmap", "check"], **away(tmp_path), check=False).returncode == 0
