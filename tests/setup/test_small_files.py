"""Replacing a file whole: what stays of it, and what is left when that fails."""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from histshell.setup.small_files import FileError, read, remove, replace, shown

root_only = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or sys.platform != "linux", reason="only root on Linux can do it"
)
Mount = Callable[..., Path]


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """Mount a small file system in memory; skips, visibly, where that is not allowed."""
    folder = tmp_path / "mounted"
    folder.mkdir()

    def mount(options: str) -> Path:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"cannot mount a file system here: {done.stderr.strip()}")
        return folder

    yield mount
    with contextlib.suppress(subprocess.CalledProcessError):
        subprocess.run(["umount", folder], check=True, capture_output=True)


def names(folder: Path) -> list[str]:
    """Everything in a folder, temporary files included."""
    return sorted(os.listdir(folder))


def test_a_file_that_is_not_there_is_read_as_none_and_made(tmp_path: Path) -> None:
    """No file is no error, and its folders are made with it; the umask decides on the permissions."""
    path = tmp_path / "a" / "b" / "rc"
    snapshot = read(str(path))
    assert snapshot.data is None
    old = os.umask(0o027)
    try:
        replace(snapshot, b"x\n")
    finally:
        os.umask(old)
    assert path.read_bytes() == b"x\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert names(path.parent) == ["rc"]


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o664])
def test_permissions_stay(mode: int, tmp_path: Path) -> None:
    """Whatever they were, and whatever the umask says."""
    path = tmp_path / "rc"
    path.write_bytes(b"old")
    path.chmod(mode)
    replace(read(str(path)), b"new")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", mode)


@root_only
def test_the_owner_stays(tmp_path: Path) -> None:
    """Root who edits a user's file leaves it the user's."""
    path = tmp_path / "rc"
    path.write_bytes(b"old")
    os.chown(path, 12345, 23456)
    replace(read(str(path)), b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 23456)


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes in this Python")
def test_extended_attributes_stay(tmp_path: Path) -> None:
    """Those that the user may set are on the new file too."""
    path = tmp_path / "rc"
    path.write_bytes(b"old")
    try:
        os.setxattr(path, "user.mark", b"1")
    except OSError as error:
        pytest.skip(f"this file system has none: {error}")
    replace(read(str(path)), b"new")
    assert os.getxattr(path, "user.mark") == b"1"


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    """The file behind a chain of links is replaced, in its own folder; the links are as they were."""
    real = tmp_path / "dotfiles" / "bashrc"
    real.parent.mkdir()
    real.write_bytes(b"old")
    (tmp_path / "middle").symlink_to("dotfiles/bashrc")
    link = tmp_path / ".bashrc"
    link.symlink_to(tmp_path / "middle")
    replace(read(str(link)), b"new")
    assert link.is_symlink()
    assert (tmp_path / "middle").is_symlink()
    assert real.read_bytes() == b"new"
    assert names(real.parent) == ["bashrc"]


def test_a_link_to_nothing_gets_its_file(tmp_path: Path) -> None:
    """The file appears where the link points; removed again, the link is still there."""
    link = tmp_path / ".bashrc"
    link.symlink_to("bashrc")
    replace(read(str(link)), b"x")
    assert (tmp_path / "bashrc").read_bytes() == b"x"
    remove(read(str(link)))
    assert names(tmp_path) == [".bashrc"]


def test_a_read_only_file_is_respected(tmp_path: Path) -> None:
    """A rename would replace it; who took the write permission away did not want that. True for root as well."""
    path = tmp_path / "rc"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(FileError, match="read-only"):
        replace(read(str(path)), b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["rc"]


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write into any folder")
def test_a_read_only_folder_is_an_error(tmp_path: Path) -> None:
    """Nothing is changed, and the error is in the system's words."""
    path = tmp_path / "rc"
    path.write_bytes(b"old")
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(FileError, match="Permission denied"):
            replace(read(str(path)), b"new")
    finally:
        tmp_path.chmod(0o755)
    assert path.read_bytes() == b"old"


@root_only
def test_a_read_only_file_system_is_an_error(mount: Mount) -> None:
    """The same where even root cannot write."""
    folder = mount("size=64k")
    (folder / "rc").write_bytes(b"old")
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    with pytest.raises(FileError, match=r"(?i)read-only"):
        replace(read(str(folder / "rc")), b"new")
    assert names(folder) == ["rc"]


@root_only
def test_a_full_disk_loses_nothing(mount: Mount) -> None:
    """The old file is whole, and no temporary one takes the last bytes."""
    folder = mount("size=64k")
    path = folder / "rc"
    path.write_bytes(b"old\n")
    with open(folder / "ballast", "wb", buffering=0) as ballast, contextlib.suppress(OSError):
        while True:
            ballast.write(bytes(1024))
    with pytest.raises(FileError, match="No space left"):
        replace(read(str(path)), b"new\n" * 100_000)
    assert path.read_bytes() == b"old\n"
    assert names(folder) == ["ballast", "rc"]


@pytest.mark.parametrize("change", ["rewrite", "remove", "appear"])
def test_a_change_by_somebody_else_is_not_overwritten(change: str, tmp_path: Path) -> None:
    """Between reading and replacing, an editor may save, delete or make the file."""
    path = tmp_path / "rc"
    if change != "appear":
        path.write_bytes(b"old")
    snapshot = read(str(path))
    if change == "remove":
        path.unlink()
    else:
        path.write_bytes(b"theirs")
    with pytest.raises(FileError, match="changed by another program"):
        replace(snapshot, b"new")
    assert names(tmp_path) == ([] if change == "remove" else ["rc"])
    if change != "remove":
        assert path.read_bytes() == b"theirs"
        with pytest.raises(FileError, match="changed by another program"):
            remove(snapshot)


def test_a_change_during_the_writing_is_not_overwritten_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last look at the file is just before the rename."""
    path = tmp_path / "rc"
    path.write_bytes(b"old")
    snapshot = read(str(path))
    monkeypatch.setattr(os, "fsync", lambda _descriptor: path.write_bytes(b"theirs"))
    with pytest.raises(FileError, match="changed by another program"):
        replace(snapshot, b"new")
    assert path.read_bytes() == b"theirs"
    assert names(tmp_path) == ["rc"]


def test_an_interrupt_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the new file is being written."""
    path = tmp_path / "rc"
    path.write_bytes(b"old")

    def interrupt(_descriptor: int) -> None:
        raise KeyboardInterrupt

    snapshot = read(str(path))
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace(snapshot, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["rc"]


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    """A folder, a named pipe that nobody writes into, the null device, a loop of links, a file in the way."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").touch()
    for name in (".", "pipe", "loop", "file/rc", "/dev/null"):
        with pytest.raises(FileError) as caught:
            read(os.path.join(tmp_path, name))
        assert caught.value.path == os.path.join(tmp_path, name)
        assert "\n" not in str(caught.value)


def test_a_path_is_shown_on_one_line_and_in_any_encoding() -> None:
    """Line breaks, escape sequences and bytes that are no text are escaped; letters of any language are not."""
    assert shown("/tmp/ü ñ") == "/tmp/ü ñ"
    assert shown("/a\nb\x1b[31m\t\x7f") == "/a\\nb\\x1b[31m\\t\\x7f"
    assert shown(os.fsdecode(b"/\xff")) == "/\\xff"
