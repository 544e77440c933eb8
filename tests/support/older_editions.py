"""An edition as an earlier build stored it."""

from __future__ import annotations

# The small configuration's agenda as the program stored it before these keys, and the digest of its whole draft.
OLD_DIGEST = "5b8c97c8928afe1fa0dd0c325172b3d93e44172c9d935190e251219ee38ecf67"
OLD_DOCUMENT = (
    '{"id":"prueba-2021","title":{"es":"prueba-2021","en":"prueba-2021"},"published":"2021-10-01",'
    '"zone":"America/Mexico_City","sender":{"name":"Agenda","address":"avisos@agenda.example",'
    '"reply_to":"ayuda@agenda.example","domain":"agenda.example"},"regions":[{"id":"europa","name":{"es":"Europa",'
    '"en":"Europe"}},{"id":"asia-pacifico","name":{"es":"Asia Pacífico","en":"Asia Pacific"}}],"representations":['
    '{"id":"madrid","kind":"embajada","name":"Embajada de México en España","city":"Madrid","country":"España",'
    '"country_code":"ES","region":"europa","zone":"Europe/Madrid","weekend":null,"opens":"09:00:00",'
    '"closes":"18:00:00"},{"id":"tokio","kind":"embajada","name":"Embajada de México en Japón","city":"Tokio",'
    '"country":"Japón","country_code":"JP","region":"asia-pacifico","zone":"Asia/Tokyo","weekend":null,'
    '"opens":"09:00:00","closes":"18:00:00"}],"axes":[{"id":"promocion","title":{"es":"Promoción","en":"Promoción"},'
    '"source":"Nota"}],"commitments":[],"advances":[],"events":[{"id":"taller-europa","title":{"es":"Taller, Europa",'
    '"en":"Workshop, Europe"},"kind":"workshop","status":"confirmed","when":{"wall":"2021-10-26T09:00:00",'
    '"duration":"PT2H","fold":null},"audience":{"kind":"regions","ids":["europa"]},"axis":"promocion",'
    '"source":"Nota","place":null,"description":null,"reason":null,"assumed":["duration"],"rules":null},'
    '{"id":"jornada","title":{"es":"Jornada","en":"Jornada"},"kind":"drive","status":"tentative","when":'
    '{"first":"2022-02-01","last":"2022-02-07"},"audience":{"kind":"all","ids":[]},"axis":null,"source":"Nota",'
    '"place":null,"description":null,"reason":null,"assumed":[],"rules":null}],"reminders":{"timed":[{"days":7,'
    '"at":"09:00:00"},{"minutes":60}],"days":[{"days":1,"at":"09:00:00"}]},"quiet":null}'
)
