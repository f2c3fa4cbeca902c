"""Writing desks: small TOML files whose form builds the prompt of any language model. Imports no torch and no Qt.

Those that come with the program lie in `resources/desks`, the user's own in `library.places.desks_folder()`; a file of the
user's takes the place of one of the same name. An id is the file's name without `.toml`: `news.en`, `news.zh_CN`, `my news`.
"""

from aigc_desktop.desks.desk import (
    ANSWER as ANSWER,
)
from aigc_desktop.desks.desk import (
    KINDS as KINDS,
)
from aigc_desktop.desks.desk import (
    SHOTS as SHOTS,
)
from aigc_desktop.desks.desk import (
    Desk as Desk,
)
from aigc_desktop.desks.desk import (
    Field as Field,
)
from aigc_desktop.desks.folder import (
    Broken as Broken,
)
from aigc_desktop.desks.folder import (
    broken as broken,
)
from aigc_desktop.desks.folder import (
    copy as copy,
)
from aigc_desktop.desks.folder import (
    delete as delete,
)
from aigc_desktop.desks.folder import (
    get as get,
)
from aigc_desktop.desks.folder import (
    list as list,
)
from aigc_desktop.desks.folder import (
    save as save,
)
from aigc_desktop.desks.folder import (
    source as source,
)
from aigc_desktop.desks.jobs import job as job
from aigc_desktop.desks.jobs import remembered as remembered
from aigc_desktop.desks.jobs import settings as settings
from aigc_desktop.desks.jobs import writes as writes
from aigc_desktop.desks.reading import parse as parse
from aigc_desktop.desks.writing import write as write
