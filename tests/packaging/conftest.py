import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Elsewhere:
    """An environment away from the checkout, with the wheel in it and its dependencies within reach."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.folder = folder
        self.bin = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
        run(sys.executable, "-m", "venv", "--without-pip", folder / "env")
        # A .pth file lends the locked dependencies of this very environment, so that nothing is fetched. The checkout
        # itself stays out of reach: .pth files of a lent folder are not read.
        [packages] = (folder / "env").rglob("site-packages")
        (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
        install = (sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps")
        run(*install, "--python", self.bin / "python", wheel)
        shutil.copy(ROOT / "tests" / "network.py", folder)

    def python(self, program: str) -> str:
        """Return what the program prints, run with the network blocked."""
        return self.command("python", "-c", f"import network; network.block()\n{program}")

    def command(self, name: str, *arguments: str) -> str:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        return run(self.bin / name, *arguments, cwd=self.folder, env=kept | {"PYTHONPATH": str(self.folder)})


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    done = subprocess.run([str(word) for word in command], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def built(target: str, folder: Path) -> Path:
    """Return what hatchling makes of the checkout: a `wheel`, a `wheel:editable` or an `sdist`."""
    run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", folder)
    [file] = folder.iterdir()
    return file


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("wheel", tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Elsewhere:
    return Elsewhere(tmp_path_factory.mktemp("elsewhere"), wheel)
