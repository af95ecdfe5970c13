"""How the stand-in for Twilio behaves. Everything here may be changed while it runs."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Faults:
    """The share of requests to the API that fail, by kind. Shares from 0 to 1, together at most 1."""

    too_many: float = 0.0
    """429, nothing done."""
    server_error: float = 0.0
    """503, nothing done."""
    accept_then_error: float = 0.0
    """Done, but the answer is 503."""
    hang: float = 0.0
    """Done or not at random; no answer, and the connection closes after `hang_seconds`."""
    drop: float = 0.0
    """Done, and the connection closes without an answer."""
    hang_seconds: float = 30.0

    def draw(self, drawn: float) -> str:
        """The fault for a random number `drawn` from 0 to 1; "" for most."""
        for name in ("too_many", "server_error", "accept_then_error", "hang", "drop"):
            drawn -= getattr(self, name)
            if drawn < 0:
                return name
        return ""


@dataclass(kw_only=True, eq=False)
class Behaviour:
    """The account, where its webhooks go, and what it refuses, delays and loses.

    Numbers in `refusals`, `opted_out`, `outcomes` and `failures` are written `+31…` for both channels, or
    `whatsapp:+31…` for that one alone.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    sms_number: str
    whatsapp_number: str
    more_numbers: tuple[str, ...] = ()
    """The account's other numbers: `+31…` for SMS, `whatsapp:+31…` for WhatsApp."""
    public_url: str
    """The address Twilio is told; webhooks and callbacks are signed over it."""
    local_url: str = ""
    """The real address behind `public_url`; "": the same."""
    webhook: str = ""
    """For inbound messages, with connection overrides after `#` if any; "": /twilio/message at `public_url`."""
    fallback: str = ""
    """Posted to when `webhook` gave no TwiML; "": there is none."""
    port: int = 0
    seed: int = 0
    faults: Faults = field(default_factory=Faults)
    refusals: dict[str, int] = field(default_factory=dict)
    """Number to the code with which a message to it is refused."""
    opted_out: set[str] = field(default_factory=set)
    """Numbers that texted STOP: 21610."""
    outcomes: dict[str, int] = field(default_factory=dict)
    """Number to the ErrorCode with which a message to it ends as `undelivered`."""
    failures: dict[str, int] = field(default_factory=dict)
    """The same for `failed`: it was never sent."""
    callback_delay: float = 0.0
    """Seconds before each status of a message."""
    shuffle: bool = False
    """Callbacks of one message come out of order."""
    double: bool = False
    """Each callback comes twice."""
    lose_callbacks: float = 0.0
    """The share of the callbacks that never come."""
    smart_encoding: bool = False
    """Typographic characters of a message become plain ones, as a messaging service of Twilio does to save segments."""
    deletable_after: float = 0.0
    """Seconds during which a message cannot be deleted: 20009."""
    delete_refusals: int = 0
    """How often deleting a message is refused first: 20009."""

    @property
    def senders(self) -> frozenset[str]:
        """All our numbers as the API writes them."""
        return frozenset({self.sms_number, self.whatsapp_sender, *self.more_numbers})

    @property
    def whatsapp_sender(self) -> str:
        """Our WhatsApp number as the API writes it."""
        return f"whatsapp:{self.whatsapp_number.removeprefix('whatsapp:')}"

    def connect_to(self, address: str) -> str:
        """Where to go for a public address: our own web server is on this machine."""
        public, local = self.public_url.rstrip("/"), self.local_url.rstrip("/")
        is_ours = local and (address == public or address.startswith((f"{public}/", f"{public}?")))
        return local + address[len(public) :] if is_ours else address


def without_prefix(address: str) -> str:
    """`whatsapp:+31…` or `+31…` to `+31…`."""
    return address.removeprefix("whatsapp:")
