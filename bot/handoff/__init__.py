"""Bringing in a person: the request, who is on duty, what is passed on (packet), and the navigators' desk.

The conversation core calls requests, duty and packet in its own transactions; the desk calls back what a navigator does
to a conversation (bot/conversation/desk_side.py), which it is given.
"""
