"""Runs a program in a terminal of its own, as a person at a keyboard would: what comes on stdin is typed, what the
terminal shows goes to stdout, and one line of JSON on stderr says how the program ended and how it left the terminal.

Usage: terminal.py COLUMNS PROGRAM ARGUMENT…
"""
import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios

KEYBOARD, SHOWN = 0, 1
ROWS = 50
ECHO_AND_LINES = termios.ECHO | termios.ICANON | termios.ISIG


def make_terminal(columns):
    keyboard_side, program_side = pty.openpty()
    fcntl.ioctl(program_side, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
    return keyboard_side, program_side


def start(command, program_side):
    def take_terminal():
        # Ctrl-C reaches the programs of the session that has the terminal.
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    return subprocess.Popen(
        command,
        stdin=program_side,
        stdout=program_side,
        stderr=program_side,
        start_new_session=True,
        preexec_fn=take_terminal,
    )


def show(keyboard_side):
    written = os.read(keyboard_side, 65536)
    while written:
        written = written[os.write(SHOWN, written) :]


def relay(child, keyboard_side):
    sources = [keyboard_side, KEYBOARD]
    while True:
        # The end is asked for before the output: what comes after it is nobody's.
        ended = child.poll() is not None
        ready, _, _ = select.select(sources, [], [], 0 if ended else 0.02)
        if keyboard_side in ready:
            show(keyboard_side)
        elif ended:
            return
        if KEYBOARD in ready:
            keys = os.read(KEYBOARD, 65536)
            if keys:
                os.write(keyboard_side, keys)
            else:
                # Whoever sat there has gone.
                sources.remove(KEYBOARD)
                child.kill()


def main():
    columns, *command = sys.argv[1:]
    keyboard_side, program_side = make_terminal(int(columns))
    before = termios.tcgetattr(program_side)
    child = start(command, program_side)
    relay(child, keyboard_side)
    after = termios.tcgetattr(program_side)
    outcome = {
        "code": child.returncode,
        "isRestored": before == after,
        "hasEcho": (after[3] & ECHO_AND_LINES) == ECHO_AND_LINES,
    }
    print(json.dumps(outcome), file=sys.stderr)


main()
