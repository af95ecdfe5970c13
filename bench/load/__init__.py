"""The load generator; `smsload.py` also works alone, with nothing but Python and a C compiler."""
