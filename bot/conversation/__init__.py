"""The conversation core: what was said, who speaks, what is to be sent. Channels and the desk are its clients."""
