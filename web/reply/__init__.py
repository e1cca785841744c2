"""The phone's side of an invitation: what the message says, and the page it is answered on."""
