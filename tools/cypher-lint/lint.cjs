// Checks every file of cypher/ without a server: syntax, names of variables, labels, types and parameters. Prints
// FILE:LINE:COLUMN and what is wrong, and ends with 1 where anything is. A file is read in its own language: Cypher 5
// unless it begins with CYPHER 25.
const fs = require('node:fs');
const path = require('node:path');
const { lintCypherQuery } = require('@neo4j-cypher/language-support');

const folder = path.resolve(process.argv[2] ?? path.join(__dirname, '..', '..', 'cypher'));
const files = fs
  .readdirSync(folder, { recursive: true })
  .filter((name) => name.endsWith('.cypher'))
  .map((name) => name.split(path.sep).join('/'))
  .sort();

const source = (name) => fs.readFileSync(path.join(folder, name), 'utf8');
const named = (text, pattern) => [...text.matchAll(pattern)].map((found) => found[1]);

// What schema and writes make is there to be read; a name that only a read knows is misspelt.
const made = files.filter((name) => /^(schema|write)\//.test(name)).map(source).join('\n');
const words = [...new Set(named(made, /[:|]([A-Z]\w*)/g))];
const types = words.filter((word) => word === word.toUpperCase());

const schema = {
  defaultLanguage: 'CYPHER 5',
  labels: words.filter((word) => !types.includes(word)),
  relationshipTypes: types,
};

let faults = 0;
for (const name of files) {
  const text = source(name);
  const parameters = Object.fromEntries(named(text, /^\/\/ \$(\w+) /gm).map((parameter) => [parameter, {}]));
  for (const { range, message } of lintCypherQuery(text, { ...schema, parameters }).diagnostics) {
    console.log(`cypher/${name}:${range.start.line + 1}:${range.start.character + 1}: ${message}`);
    faults += 1;
  }
}
console.log(`${files.length} queries checked without a server, ${faults || 'no'} ${faults === 1 ? 'fault' : 'faults'}`);
process.exitCode = faults > 0 || files.length === 0 ? 1 : 0;
