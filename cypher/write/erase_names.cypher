// Erases every name of a space: entities and the other names for them.
// $space  string  the space
CALL () {
  MATCH (alias:Alias {space: $space}) WHERE alias.key IS NOT NULL
  DETACH DELETE alias
}
CALL () {
  MATCH (entity:Entity {space: $space}) WHERE entity.number > 0
  DETACH DELETE entity
}
