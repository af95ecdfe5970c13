"""The advisors' pages under /console. Server-rendered; every page works without JavaScript.

entry says who may enter, board and conversation what they see and do, live how it stays up to date.
"""
