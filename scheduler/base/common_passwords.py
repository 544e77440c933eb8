"""Passwords that anybody tries first, of those that are long enough; and words that add nothing to one."""

from __future__ import annotations

_TRIED_FIRST = """
administrador administrador1 administrador123 administrator administrator1 administrator123 adminadminadmin
adminpassword admin123456789 bienvenido123 bienvenido2026 bienvenidos123 cambiame12345 changeme1234 changeme12345
charliebrown chocolate123 computadora1 computadora123 consulado1234 consular12345 contrasena12
contrasena123 contrasena1234 contraseña12 contraseña123 contraseña1234 correcthorsebatterystaple dragonball123
electoral1234 embajada12345 estadosunidos extranjero123 football1234 footballfootball guadalajara1
iloveyou1234 iloveyouiloveyou internet1234 letmein12345 letmeinletmein mexicolindo1 mexicomexico
mexicomexico1 michaeljordan minecraft123 monkeymonkey motdepasse123 newpassword1 newpassword123 password1234
password12345 password123456 passwordpassword passw0rd1234 p@ssw0rd1234 p@ssword1234 qwerty123456 qwerty1234567
qwertyqwerty qwertyuiop12 qwertyuiop123 qwertyuiopasdfgh relaciones123 secretaria123 starwars1234 superman1234
supersecreto1 teamomucho123 teamoteamoteamo tequieromucho tequieromucho1 tijuana12345 trustno1trustno1 unbelievable
unodostrescuatro virgendeguadalupe welcome12345 welcomewelcome whatever1234 zaq12wsxcde3 1q2w3e4r5t6y 1qaz2wsx3edc
1qaz2wsx3edc4rfv q1w2e3r4t5y6 qazwsxedcrfv qweasdzxc123 asdfghjkl123 asdfasdfasdf abc123abc123
"""
COMMON = frozenset(_TRIED_FIRST.split())
ROWS = (  # of a keyboard, and what is counted: nobody has to know a password that runs along one
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "09876543210987654321",
    "qwertyuiopasdfghjklñzxcvbnm",
    "qwertyuiopasdfghjklzxcvbnm",
    "zyxwvutsrqponmlkjihgfedcba",
)
WORDS = ("agenda", "consular", "consulado", "embajada", "contraseña", "contrasena", "password", "mexico", "méxico")
