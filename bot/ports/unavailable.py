"""What every method of a storage may raise."""


class StorageUnavailable(Exception):
    """The storage does not answer, or answers that it cannot. Carries the class name of the cause, nothing else.

    refused: it answered no, so nothing was stored; otherwise what was asked may have been done.
    """

    def __init__(self, cause: str, *, refused: bool = False) -> None:
        super().__init__(cause)
        self.refused = refused
