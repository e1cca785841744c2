"""The device check: can this browser seal and hand in a bid, is its clock right, how fast is its line?"""

from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency

from infra.kernel.problems import Problem
from web.bidder.words import refusals, spoken
from web.i18n import N_
from web.render import page
from web.state import Stack
from web.visit import AnyRequest, Visit

LARGEST = 2 * 1024 * 1024
"""Bytes that the speed probe may send; the server reads and forgets them."""


class Check(NamedTuple):
    """One line of the check: its name, its msgid, and what to do where it fails or is only fair."""

    name: str
    text: str
    fix: str


CHECKS = (
    Check(
        "modules",
        N_("Scripts as ES modules, Workers"),
        N_("Use Chromium 109, Firefox ESR 115, Safari 16 or newer and allow scripts."),
    ),
    Check("secure", N_("Secure connection"), N_("Open the platform by its https address.")),
    Check("sealing", N_("Sealing rehearsal: 4 MB sealed here and opened again"), N_("Use a newer browser.")),
    Check(
        "national",
        N_("The same in the suite SM2, SM3, SM4, which some sections ask for; slower, for no browser has it itself"),
        N_("Use a newer browser."),
    ),
    Check(
        "curve",
        N_("Key agreement X25519"),
        N_("This browser has no X25519 of its own: the platform's own code is used, which is slower but as good."),
    ),
    Check(
        "store",
        N_("Sealed copy survives a closed tab"),
        N_(
            "This browser keeps no sealed copies: keep the tab open until everything is uploaded, and leave private mode."
        ),
    ),
    Check("room", N_("Storage space"), N_("Free some disk space, or bids with large files cannot be kept here.")),
    Check(
        "key",
        N_("Signing rehearsal: a key made, signed with and verified"),
        N_("Use a newer browser and leave private mode."),
    ),
    Check(
        "clock",
        N_("Clock against the server's"),
        N_("Your clock is off; that changes nothing, for the server alone decides. Countdowns here follow the server."),
    ),
    Check(
        "speed",
        N_("Upload speed"),
        N_("The line is slow: begin the upload hours before the deadline. A broken upload goes on where it stopped."),
    ),
)

WORDS = {
    "works": N_("works"),
    "missing": N_("not available"),
    "own": N_("the browser's own"),
    "fallback": N_("the platform's code"),
    "sealed": N_("sealed and opened, {rate} MB/s"),
    "room": N_("{size} free"),
    "clock": N_("off by {ms} ms, measured 5 times"),
    "speed": N_("{rate} MB/s; 1 GB takes about {minutes} min"),
    "failed": N_("does not work"),
    "certified": N_("works; this browser holds a certified key"),
    "progress": N_("{done} of {all} checked"),
    "good": N_("This device is ready."),
    "fair": N_("This device can be used; mind what is said below."),
    "bad": N_("This device cannot hand in a bid yet: mend what is marked red."),
}


@get("/device", opt={"audience": "signed-in"}, sync_to_thread=False)
def device_page(visit: NamedDependency[Visit], stack: NamedDependency[Stack]) -> Response[str]:
    """The checks, run by the page's script; each red has a fix in words."""
    facts = {"data-words": spoken(visit, WORDS), "data-refusals": refusals(visit), "data-account": visit.actor.id}
    return page(visit, "bidder/device.html", demo=stack.demo, checks=CHECKS, facts=facts)


@post("/api/device/speed", opt={"audience": "signed-in"}, request_max_body_size=LARGEST + 1, status_code=200)
async def speed_probe(request: AnyRequest) -> Response[dict[str, Any]]:
    """Read some bytes and forget them; tells how many they were. `device.too-large`."""
    size = len(await request.body())
    if size > LARGEST:
        raise Problem("device.too-large", largest=LARGEST)
    return Response({"size": size})


HANDLERS = [device_page]
API = [speed_probe]
