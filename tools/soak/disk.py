"""The disk of the inbox, which can be full: a file system of its own where one can be mounted, and a limit of file sizes."""

import errno
import os
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_SIZE = 4 << 30


@dataclass
class Disk:
    """A folder for the inbox. `mounted` says whether it is a file system of its own, which `fill` fills to the last block."""

    folder: Path
    mounted: bool

    def fill(self) -> None:
        """Leave no free block."""
        with (self.folder / "full").open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
            os.fsync(file.fileno())

    def empty(self) -> None:
        """Free what `fill` took."""
        (self.folder / "full").unlink(missing_ok=True)

    def unmount(self) -> None:
        """Give the file system back."""
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=False, capture_output=True)


def clear(out: Path) -> None:
    """Remove the folder of an earlier campaign, and what it left mounted."""
    if (out / "disk").is_mount():
        Disk(out / "disk", mounted=True).unmount()
    if out.exists():
        shutil.rmtree(out)


def disk(folder: Path, *, own: bool, size: int = _SIZE) -> Disk:
    """Make it: a folder, or if it shall be its `own`, ext4 in a file of that size, where this user may mount one.

    A file system in a file is slower than the disk that it lies on: answers take the time of both.
    """
    folder.mkdir(parents=True)
    image = folder.with_suffix(".img")
    if own and os.geteuid() == 0:
        with image.open("wb") as file:
            file.truncate(size)
        made = ["mkfs.ext4", "-q", "-m", "0", str(image)], ["mount", "-o", "loop", str(image), str(folder)]
        try:
            if all(subprocess.run(each, check=False, capture_output=True).returncode == 0 for each in made):
                return Disk(folder, mounted=True)
        except FileNotFoundError:
            pass
        image.unlink()
    return Disk(folder, mounted=False)


def forbid_writing(pids: list[int]) -> None:
    """Let every write of these processes to a file fail, as on a disk without a free byte (RLIMIT_FSIZE)."""
    _limit(pids, 0)


def allow_writing(pids: list[int]) -> None:
    """Let them write again."""
    _limit(pids, resource.RLIM_INFINITY)


def _limit(pids: list[int], size: int) -> None:
    for pid in pids:
        try:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        except ProcessLookupError:
            continue
