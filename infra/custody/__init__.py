"""The platform's side of the trustees: who they are, what is asked of them, the keysets they publish."""
