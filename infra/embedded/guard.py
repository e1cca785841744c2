"""A small process that keeps one server: a script of the standard library alone, so it starts at once.

The guard holds the lock file for as long as the server lives and stops the server when its own parent is gone: the
parent keeps the other end of the `--life` pipe open, and the system closes it however the parent ends.
"""

import argparse
import ctypes
import fcntl
import os
import pwd
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

NO_COMMAND, NO_IDENTITY, LOCKED = 96, 97, 98

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
CLONE_NEWUSER, CAP_VERSION_3, CAP_DAC_OVERRIDE = 0x10000000, 0x20080522, 1


def main() -> int:
    """Keep one server until it ends, the life pipe closes or SIGTERM arrives; the server's exit code, or 96 to 98."""
    asked = _arguments()
    lock = os.open(asked.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) if asked.lock else None
    if lock is not None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return LOCKED
    wake = _wake_on(signal.SIGCHLD, signal.SIGTERM)
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    guard = os.getpid()
    try:
        child = subprocess.Popen(
            asked.command,
            stdin=sys.stdin if asked.feed else subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=() if lock is None else (lock,),
            preexec_fn=lambda: _become(asked.identity, asked.stop, guard),
        )
    except subprocess.SubprocessError:
        return NO_IDENTITY
    except OSError as error:
        print(f"{asked.command[0]}: {error.strerror}", file=sys.stderr)
        return NO_COMMAND
    if lock is not None:
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n{child.pid}\n".encode(), 0)
    code = _keep(child, asked, wake)
    for path in asked.litter:
        with suppress(OSError):
            os.unlink(path)
    return code


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--life", type=int, required=True)
    parser.add_argument("--lock")
    parser.add_argument("--identity", default="plain")
    parser.add_argument("--stop", type=int, default=int(signal.SIGTERM))
    parser.add_argument("--grace", type=float, default=10.0)
    parser.add_argument("--feed", action="store_true")
    parser.add_argument("--litter", action="append", default=[])
    parser.add_argument("command", nargs="+")
    return parser.parse_args()


def _wake_on(*signals: signal.Signals) -> int:
    """A file descriptor that gets the number of each of these signals as one byte."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in signals:
        signal.signal(number, lambda *_: None)
    return reader


def _keep(child: subprocess.Popen[bytes], asked: argparse.Namespace, wake: int) -> int:
    watched, patience = [asked.life, wake], None
    while child.poll() is None:
        ready, _, _ = select.select(watched, [], [], patience)
        if not ready:
            child.kill()
            continue
        over = wake in ready and signal.SIGTERM in os.read(wake, 64)
        if asked.life in ready and not os.read(asked.life, 64):
            over = True
            watched = [wake]
        if over and patience is None:
            child.send_signal(asked.stop)
            patience = asked.grace
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def _become(identity: str, stop: int, guard: int) -> None:
    """Runs in the child before the server: take the identity, then ask to be stopped if the guard dies."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    if identity == "namespace":
        _enter_namespace()
    elif identity != "plain":
        _drop_to(int(identity))
    if sys.platform == "linux":
        _call("prctl", PR_SET_PDEATHSIG, stop, 0, 0, 0)
        if os.getppid() != guard:
            os._exit(NO_COMMAND)


def _enter_namespace() -> None:
    """A user namespace in which this user has another, ordinary number; files stay ours (the server refuses root)."""
    user, group = os.getuid(), os.getgid()
    shown = next(entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0)
    _call("unshare", CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{shown} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{shown} {group} 1")


def _drop_to(user: int) -> None:
    """Another account; on Linux, where granted, with the right to pass closed directories such as /root."""
    keep = sys.platform == "linux"
    os.setgroups([])
    os.setgid(pwd.getpwuid(user).pw_gid)
    if keep:
        _call("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setuid(user)
    if keep:
        bits = 1 << CAP_DAC_OVERRIDE
        sets = (ctypes.c_uint32 * 6)(bits, bits, bits, 0, 0, 0)
        if _library().capset((ctypes.c_uint32 * 2)(CAP_VERSION_3, 0), sets) == 0:
            _library().prctl(*map(ctypes.c_ulong, (PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)))


def _call(name: str, *values: int) -> None:
    function: Callable[..., int] = getattr(_library(), name)
    if function(*map(ctypes.c_ulong, values)) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


if __name__ == "__main__":
    sys.exit(main())
