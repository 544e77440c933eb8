"""The judge of a campaign: what people could know from their mails and calendars, against what the agenda said.

It shares no arithmetic with the program. Local hours come from `zoneinfo` over the same compiled zone data, working
hours from Babel and `holidays` directly, mails from the standard library's parser and regular expressions over the
words that people read, calendars from vobject and libical.

    truth.py      what each site should know, by edition
    hours.py      when a site works, and by when a change has to be told
    words.py      a mail -> what its reader takes from it
    entries.py    a calendar -> its entries, by vobject
    subscriber.py who polls a feed: faults in the feeds of all editions
    reader.py     who only reads mail, and who chose invitations: faults in an outbox
"""
