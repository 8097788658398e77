"""The command softsign-c: a module for each verb, and what the verbs share."""
