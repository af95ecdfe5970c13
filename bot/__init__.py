"""The helpline bot.

Imports point inwards (held by tests/test_architecture.py):

    app, cli, worker -> channels, simulator, storage -> services -> rendering -> dialogue -> nlu
    messages and nlu import nothing of ours; dialogue imports messages and nlu;
    content is read once, at start. dialogue and nlu touch no network, clock, environment or log.
"""
