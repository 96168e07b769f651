// Stems of episodes and facts, one token each, with the one token that stands for kind and space.
CREATE FULLTEXT INDEX graphmem_words IF NOT EXISTS FOR (n:Episode|Fact) ON EACH [n.token, n.stems]
OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}
