// Known episodes with the turns that were said before and after them in their session.
// $rows      rows      space and id
// $known_at  datetime  when they had to be known
// $around    integer   the most turns on each side
UNWIND $rows AS row
MATCH (centre:Episode {space: row.space, id: row.id})
WHERE centre.recorded_at <= $known_at AND centre.retired_at > $known_at
RETURN centre.space AS space, centre.id AS id,
  COLLECT {
    MATCH (turn:Episode {space: centre.space, session: centre.session}) WHERE turn.said_at <= centre.said_at
      AND (turn.said_at < centre.said_at OR turn.number < centre.number)
      AND turn.recorded_at <= $known_at AND turn.retired_at > $known_at
    RETURN turn.id ORDER BY turn.said_at DESC, turn.number DESC LIMIT $around
  } AS before,
  COLLECT {
    MATCH (turn:Episode {space: centre.space, session: centre.session}) WHERE turn.said_at >= centre.said_at
      AND (turn.said_at > centre.said_at OR turn.number > centre.number)
      AND turn.recorded_at <= $known_at AND turn.retired_at > $known_at
    RETURN turn.id ORDER BY turn.said_at, turn.number LIMIT $around
  } AS after
