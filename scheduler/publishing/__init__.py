"""From a draft to the edition in force: foreseen, done, taken back."""
