"""What goes wrong with a card between the order and the picture of it, at any severity.

Drawn up from what card printers, ribbons, hands and cameras do, by somebody who hadn't seen what
looks for it: whoever changes the inspection should not tune it on these.

A card passes three stages: what was ordered (`mixups`: the wrong person's parts), how it was laid
on plastic panel by panel (`ribbon`, `head`), and what happened to the plastic (`surface`).
`catalog.degraded` runs them; `capture` then takes the picture that a camera or flat-bed gives.
Everything is a pure function of its pictures, a severity from 0 (an eye barely finds it) to 1
(nobody overlooks it) and a seed.
"""
