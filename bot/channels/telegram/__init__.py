"""Telegram, a thin client of the conversation core: updates in (inbox), messages out (outbox).

    polling.py, webhook.py   an update is written down and committed, then acknowledged
    inbox.py                 the table of updates; feeder.py gives each to the core, once
    outbox.py                the core's rows of what is to be sent; sender.py sends them, in order
    render.py                a message of the contract as Telegram shows it
    runner.py                TelegramChannel: all of it, started and stopped
"""
