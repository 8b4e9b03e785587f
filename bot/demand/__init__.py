"""Demand: what residents ask for and do not find, written down with nobody in it, published once a month.

Written by record.py, published by publish.py under the rules of disclosure.py and the plan of plan.yml, read through
published.py, exported by export.py. No event holds an identifier or a word that a resident wrote.
"""
