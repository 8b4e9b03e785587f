"""The parts of the Rasa pipeline that are ours. Only Rasa's own process imports them (Python 3.10)."""
