// One node, of a label and with a property that nothing of ours has.
CREATE (:Leftover {of: 'a test'})
