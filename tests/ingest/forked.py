"""The command, begun again and again without the price of its imports: ``python -m tests.ingest.forked CHUNK_BYTES``.

Prints its own process id when it is ready. Then reads a list of arguments (JSON) a line; forks a process that runs the
command with them; prints its process id, then its exit code (negative: the signal that ended it).
"""

import json
import os
import sys

import shadowscan.analysis.build
import shadowscan.catalog.load
import shadowscan.cli.reading
import shadowscan.cli.rendering
import shadowscan.cli.scan
import shadowscan.ingest.inputs
import shadowscan.ingest.run
from shadowscan.cli.app import main

if __name__ == "__main__":
    shadowscan.ingest.inputs.CHUNK_BYTES = int(sys.argv[1])
    print(os.getpid(), flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            sys.argv = ["shadowscan", *json.loads(line)]
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            main()
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
