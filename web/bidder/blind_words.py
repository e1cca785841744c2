"""What is said of a blind part's file, in the bid room and by `openhall seal --blind`."""

from web.i18n import N_

BLIND_WORDS = {
    "blind-looking": N_("Looking at {name} …"),
    "blind-unread": N_("{name} could not be looked at. Check by yourself that nothing in it tells whose it is."),
    "blind-nothing": N_(
        "Nothing was found in name, properties and plain text of {name}. Compressed pages and pictures were not looked into."
    ),
    "blind-found": N_(
        "In {name} something tells whose it is. You may go on; judges may see it, and the part may be rejected."
    ),
    "blind-name": N_("The file's name has “{text}”. Judges do not see it; give it a neutral name all the same."),
    "blind-author": N_(
        "The properties name an author or company: “{text}”. Take it out in the program that made the file."
    ),
    "blind-property": N_("The property {key} names you: “{text}”. Take it out in the program that made the file."),
    "blind-bidder": N_("“{text}” stands in plain text in the file."),
}
