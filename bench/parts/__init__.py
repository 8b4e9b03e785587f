"""Parts of Rasa pipelines that only the measurements use."""
