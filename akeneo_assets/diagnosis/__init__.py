"""What `akeneo-sfcc doctor` finds: `pim`, `sfcc`, `quotas` and `store`, each a generator of `finding.Finding`.

Belongs here: the checks, one sentence each with what to do. Doesn't: printing them (`akeneo_assets.commands.doctor`). Nothing is
changed at either end but for one small probe file in SFCC, which is deleted again, and, if asked for, exports.
"""
