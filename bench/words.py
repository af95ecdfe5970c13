"""What floor and peers say, and where each word of their dialogue leads."""

# About as long as the project's own replies, so that both move the same number of bytes.
REPLIES = (
    "Hoi. Bel 112 als je nu in gevaar bent.\nVanuit het buitenland: +31 247 247 247.\n"
    "Je kunt hier anoniem vragen stellen. Stuur MENU voor de onderwerpen.",
    "Waar gaat je vraag over?\n1 Ik ben achtergelaten\n2 Ik ga binnenkort op reis\n"
    "3 Mijn papieren zijn weg\n4 Iemand anders\n5 Ik werk ermee\n6 Meer onderwerpen",
    "Meer onderwerpen\n1 Wat is dit\n2 Wat kost het\n3 Anoniem blijven\n"
    "4 Wat gebeurt er als ik bel\n5 Waar kan ik slapen\n9 Een medewerker\n0 Menu",
    "Terug naar het begin.\n1 Ik ben achtergelaten\n2 Ik ga binnenkort op reis\n"
    "3 Mijn papieren zijn weg\n4 Iemand anders\n5 Ik werk ermee\n6 Meer onderwerpen",
    "Waar gaat je vraag over?\n1 Ik ben achtergelaten\n2 Ik ga binnenkort op reis\n"
    "3 Mijn papieren zijn weg\n4 Iemand anders\n5 Ik werk ermee\n6 Meer onderwerpen",
    "De nummers\nIn Nederland: 112, of Veilig Thuis 0800 2000\nVanuit het buitenland, dag en nacht:\n+31 247 247 247",
)
KEPT_SECONDS = 72 * 3600

OPENER, MENU, MORE, START, _MENU_AGAIN, CARD = REPLIES
SAYS = {"opener": OPENER, "menu": MENU, "more": MORE, "start": START, "card": CARD}
"""What each state of a peer shows."""

LEADS = {"hoi": "opener", "menu": "menu", "6": "more", "0": "start", "kaart": "card"}
