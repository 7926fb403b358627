"""Start of the program: known problems end with 1 and no traceback, our own bugs with 3 and one."""

from __future__ import annotations

import gc
import io
import sys
import traceback
from collections.abc import Sequence

gc.disable()  # until a project has been read: nothing of the program and of what it reads is garbage

from .cli import BUG, INTERRUPTED, PROBLEMS, USAGE, Usage, main, tell  # noqa: E402  # after the line above
from .problems import ContentError  # noqa: E402  # the same


def run(argv: Sequence[str] | None = None) -> int:
    """Run a command and turn everything that can happen into an exit code."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # file names and texts that the terminal cannot show are no fault
            stream.reconfigure(errors="backslashreplace")
    try:
        return main(arguments)
    except ContentError as error:
        tell(error, arguments)
        return PROBLEMS
    except Usage as error:
        print(f"handbook: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("\nstopped; what was published stays", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        return 0
    except Exception:  # whatever it is, it is ours
        traceback.print_exc()
        print("\nThis is a fault of handbook itself. Please report it with the lines above.", file=sys.stderr)
        return BUG


if __name__ == "__main__":
    sys.exit(run())
