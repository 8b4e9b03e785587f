"""Learning from what was not understood: sentences that residents let us keep, with everything masked that could name
anybody (masking.py), apart from every conversation (sentences.py).
"""
