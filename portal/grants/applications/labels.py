"""Labels of the codes of applications."""

from flask_babel import lazy_gettext as _l

from portal.core.errors import Message
from portal.grants.applications.models import Channel

CHANNELS: dict[Channel, Message] = {
    Channel.PORTAL: _l("in the portal"),
    Channel.IN_PERSON: _l("in person"),
    Channel.POST: _l("by post"),
    Channel.EMAIL: _l("by e-mail"),
    Channel.E_DOCUMENT: _l("as a signed e-document"),
}
