"""Builds and measures what `bot.nlu` reads. Used by people who change flows/, never by the running bot."""
