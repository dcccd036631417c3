"""``python -m shadowscan``."""

from shadowscan.cli.app import main

if __name__ == "__main__":
    main()
