"""Words in the reader's language: catalogs, plurals, numbers, dates, names of countries, bidi.

Every sentence is written in English in the source and marked with one of ``gettext``, ``ngettext``,
``pgettext``, ``npgettext`` or, where it stands in a table, ``N_``. Catalogs are gettext's and are
read as text, so that nothing has to be built before a run.
"""
