"""`python -m bot`."""

import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is read; see gunicorn.conf.py

from bot.cli import main

sys.exit(main())
