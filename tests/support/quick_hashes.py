"""Passwords hashed by the same algorithm at a hundredth of its cost, which is high by intent."""

from __future__ import annotations

from argon2 import PasswordHasher

from scheduler.base.passwords import normal

PASSWORD = "cuatro palabras sin relación"
QUICK = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
HASHED = QUICK.hash(normal(PASSWORD))
