"""What the PIM tells by itself: deliveries of Akeneo's Event Platform and of the older Events API wake the sensor `pim_changes`.

An event is never read as data: what a load reads is the load's own business (`akeneo_assets.loads.window`). One that is lost,
late or forged costs time at most.
"""
