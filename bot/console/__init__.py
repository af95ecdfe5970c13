"""The advisors' pages under /console. Server-rendered; every page works without JavaScript.

signin says who may see a page, board and conversation what advisors see and do. Every module has `add_routes`.
"""
