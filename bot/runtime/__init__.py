"""Running it: the services made at one place, Rasa's process, the servers, the background work."""
